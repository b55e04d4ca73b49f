import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { request as send } from 'undici';
import { startMoto } from './moto.ts';
import type { Json } from './wire.ts';

interface Seen {
  readonly operation: string;
  readonly input: Json;
  readonly status: number;
}

interface Attempt {
  readonly id: number;
  readonly service: string;
  readonly taskDefinition: string;
}

export interface MotoFront {
  readonly url: string;
  /** What moto was asked, in order. */
  readonly seen: Seen[];
  /** Subnets that moto's account has from the start; it knows no others. */
  readonly subnets: readonly string[];
  stop(): Promise<void>;
}

/**
 * moto, with the three operations added that it does not have and without which nothing can be decided: every service
 * deployment succeeds at once. All else is moto's own, so it says which calls AWS knows and what they need.
 */
export async function startMotoFront(): Promise<MotoFront> {
  const moto = await startMoto({ MOTO_ECS_SERVICE_RUNNING: '2' });
  const seen: Seen[] = [];
  const attempts: Attempt[] = [];
  const server = createServer((request, response) => void handle(request, response));

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await textOf(request);
    const operation = String(request.headers['x-amz-target'] ?? '').split('.')[1] ?? 'AssumeRole';
    const input = operation === 'AssumeRole' ? {} : (JSON.parse(body) as Json);
    const own = added[operation];
    if (own) {
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1', connection: 'close' });
      return void response.end(JSON.stringify(own(input, attempts)));
    }
    const { host: _, 'content-length': __, ...headers } = request.headers as Record<string, string>;
    const answer = await send(`${moto.url}/`, { method: 'POST', headers, body });
    const text = await answer.body.text();
    seen.push({ operation, input, status: answer.statusCode });
    if (answer.statusCode === 200) note(operation, input, attempts);
    response.writeHead(answer.statusCode, {
      'content-type': String(answer.headers['content-type']),
      connection: 'close',
    });
    response.end(text);
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    subnets: await subnetsOf(moto.url),
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await moto.stop();
    },
  };
}

/** In EC2's own protocol: its client is large, and this is all that is wanted of it. */
async function subnetsOf(url: string): Promise<string[]> {
  const scope = 'test/20260101/eu-central-1/ec2/aws4_request';
  const answer = await send(`${url}/`, {
    method: 'POST',
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=none`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: 'Action=DescribeSubnets&Version=2016-11-15',
  });
  const xml = await answer.body.text();
  return [...xml.matchAll(/<subnetId>(subnet-[a-f0-9]+)<\/subnetId>/gu)].map(([, id = '']) => id);
}

function note(operation: string, input: Json, attempts: Attempt[]): void {
  if (!['CreateService', 'UpdateService'].includes(operation)) return;
  const { serviceName, service = serviceName, taskDefinition } = input as Record<string, string>;
  if (service !== undefined && taskDefinition !== undefined) {
    attempts.push({ id: attempts.length + 1, service, taskDefinition });
  }
}

const arn = (kind: string, { service, id }: Attempt) =>
  `arn:aws:ecs:eu-central-1:123456789012:service-${kind}/apps/${service}/${id}`;

const added: Readonly<Record<string, (input: Json, attempts: readonly Attempt[]) => Json>> = {
  ListServiceDeployments: ({ service }, attempts) => ({
    serviceDeployments: attempts
      .filter((attempt) => attempt.service === service)
      .map((attempt) => ({ serviceDeploymentArn: arn('deployment', attempt), createdAt: attempt.id })),
  }),
  DescribeServiceDeployments: (_, attempts) => ({
    serviceDeployments: attempts.map((attempt) => ({
      serviceDeploymentArn: arn('deployment', attempt),
      createdAt: attempt.id,
      status: 'SUCCESSFUL',
      targetServiceRevision: { arn: arn('revision', attempt) },
    })),
  }),
  DescribeServiceRevisions: (_, attempts) => ({
    serviceRevisions: attempts.map((attempt) => ({
      serviceRevisionArn: arn('revision', attempt),
      taskDefinition: attempt.taskDefinition,
    })),
  }),
};

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
