import { readFile } from 'node:fs/promises';
import { Agent } from 'undici';
import { parse } from 'yaml';

export interface Cause {
  field: string;
  message: string;
}

/** What the API server answered: an object, or a Status with its causes. */
export interface Answer {
  status: number;
  ok: boolean;
  body: ApiObject;
  causes: Cause[];
  message: string;
}

export interface ApiObject {
  metadata: { name: string; resourceVersion?: string };
  spec: Record<string, unknown>;
  [field: string]: unknown;
}

export interface Call {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path: string;
  body?: unknown;
  contentType?: string;
}

export interface Api {
  call(call: Call): Promise<Answer>;
  close(): Promise<void>;
}

interface Kubeconfig {
  clusters: [{ cluster: { server: string; 'certificate-authority-data': string } }];
  users: [{ user: { 'client-certificate-data': string; 'client-key-data': string } }];
}

interface StatusBody {
  message?: string;
  details?: { causes?: { field?: string; message?: string }[] };
}

/** A few kept-alive connections as the administrator of a kubeconfig. Only for tests: no retries, no tokens. */
export async function connect(kubeconfig: string): Promise<Api> {
  const { clusters, users } = parse(await readFile(kubeconfig, 'utf8')) as Kubeconfig;
  const [{ cluster }] = clusters;
  const [{ user }] = users;
  const agent = new Agent({
    connections: 8,
    connect: {
      ca: decode(cluster['certificate-authority-data']),
      cert: decode(user['client-certificate-data']),
      key: decode(user['client-key-data']),
    },
  });
  return { call: (call) => send(agent, cluster.server, call), close: () => agent.close() };
}

async function send(
  agent: Agent,
  origin: string,
  { method, path, body, contentType = 'application/json' }: Call,
): Promise<Answer> {
  const response = await agent.request({
    origin,
    path,
    method,
    headers: { 'content-type': contentType, accept: 'application/json' },
    body: body === undefined ? null : JSON.stringify(body),
  });
  const answer = read(await response.body.text()) as ApiObject & StatusBody;
  const ok = response.statusCode < 300;
  const causes = ok ? [] : (answer.details?.causes ?? []);
  return {
    status: response.statusCode,
    ok,
    body: answer,
    causes: causes.map(({ field = '', message = '' }) => ({ field, message })),
    message: ok ? '' : (answer.message ?? ''),
  };
}

/** The server answers plain text for a path that it does not serve (yet). */
function read(text: string): unknown {
  return text.startsWith('{') ? JSON.parse(text) : { message: text };
}

function decode(base64: string): string {
  return Buffer.from(base64, 'base64').toString('utf8');
}
