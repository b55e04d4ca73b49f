import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ServiceModel } from './service-model.ts';

/** An answer that is an error of AWS. */
export class AwsError extends Error {
  readonly status: number;

  constructor(name: string, message: string, status = 400) {
    super(message);
    this.name = name;
    this.status = status;
  }
}

export type Json = Record<string, unknown>;

/** What the nth call runs into. `lost`: it is done, and nobody hears. */
export type Fault = 'throttled' | 'broken' | 'lost' | 'refused' | 'expired' | 'denied';

export interface Call {
  /** From 1. */
  readonly number: number;
  /** Such as `ECS.UpdateService`. */
  readonly operation: string;
  readonly input: Json;
}

export interface Service {
  readonly model?: ServiceModel | undefined;
  serve(operation: string, input: Json, accessKey: string): Json;
}

const prefixes: Readonly<Record<string, string>> = {
  AmazonEC2ContainerServiceV20141113: 'ECS',
  AmazonEC2ContainerRegistry_V20150921: 'ECR',
};

/** AWS's JSON 1.1 protocol, and the query protocol for STS, on a port of its own. */
export class AwsWire {
  readonly calls: Call[] = [];
  /** Where a request or an answer was not as the vendor's model says. */
  readonly problems: string[] = [];
  fault: (call: Call) => Fault | undefined = () => undefined;
  private readonly services: Readonly<Record<string, Service>>;
  private readonly server = createServer((request, response) => void this.handle(request, response));

  constructor(services: Readonly<Record<string, Service>>) {
    this.services = services;
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await textOf(request);
    const target = String(request.headers['x-amz-target'] ?? '');
    if (target === '') return this.query(body, response);
    const [prefix = '', operation = ''] = target.split('.');
    const name = prefixes[prefix] ?? prefix;
    const call = { number: this.calls.length + 1, operation: `${name}.${operation}`, input: JSON.parse(body) as Json };
    const accessKey = /Credential=([^/]+)\//u.exec(request.headers.authorization ?? '')?.[1] ?? '';
    const { status, answer } = this.answered(call, () => this.serveJson(name, call, accessKey));
    if (status === 0) return void response.destroy();
    const type = 'application/x-amz-json-1.1';
    response.writeHead(status, { 'content-type': type }).end(JSON.stringify(answer));
  }

  private query(body: string, response: ServerResponse): void {
    const input = Object.fromEntries(new URLSearchParams(body));
    const action = input['Action'] ?? '';
    const call = { number: this.calls.length + 1, operation: `STS.${action}`, input };
    const { status, answer } = this.answered(call, () => this.service('STS').serve(action, input, ''));
    if (status === 0) return void response.destroy();
    const xml =
      status === 200
        ? `<${action}Response><${action}Result>${xmlOf(answer)}</${action}Result></${action}Response>`
        : `<ErrorResponse><Error>${xmlOf({ Code: answer['__type'], Message: answer['message'] })}</Error></ErrorResponse>`;
    response.writeHead(status, { 'content-type': 'text/xml' }).end(xml);
  }

  private answered(call: Call, serve: () => Json): { status: number; answer: Json } {
    this.calls.push(call);
    const fault = this.fault(call);
    try {
      if (fault !== undefined && fault !== 'lost') before(fault, call);
      const answer = serve();
      return { status: fault === 'lost' ? 0 : 200, answer };
    } catch (error) {
      if (error instanceof Silence) return { status: 0, answer: {} };
      if (!(error instanceof AwsError)) this.problems.push(`${call.operation}: ${String(error)}`);
      const { name, status = 500 } = error as Partial<AwsError>;
      return { status, answer: { __type: name, message: (error as Error).message } };
    }
  }

  private serveJson(name: string, { operation, input }: Call, accessKey: string): Json {
    const service = this.service(name);
    const { model } = service;
    const short = operation.split('.')[1] ?? '';
    this.problems.push(...(model?.request(short, input) ?? []));
    try {
      const answer = JSON.parse(JSON.stringify(service.serve(short, input, accessKey))) as Json;
      this.problems.push(...(model?.answer(short, answer) ?? []));
      return answer;
    } catch (error) {
      if (error instanceof AwsError) this.problems.push(...(model?.error(short, error.name) ?? []));
      throw error;
    }
  }

  private service(name: string): Service {
    const service = this.services[name];
    if (!service) throw new AwsError('UnknownOperationException', name, 404);
    return service;
  }
}

/** The peer is gone. */
class Silence extends Error {}

function before(fault: Exclude<Fault, 'lost'>, { operation }: Call): never {
  switch (fault) {
    case 'throttled':
      throw new AwsError('ThrottlingException', 'Rate exceeded');
    case 'broken':
      throw new AwsError('ServerException', 'Service Unavailable', 503);
    case 'expired':
      throw new AwsError('ExpiredTokenException', 'The security token included in the request is expired');
    case 'denied':
      throw new AwsError(
        operation.startsWith('STS') ? 'AccessDenied' : 'AccessDeniedException',
        `User: arn:aws:sts::123456789012:assumed-role/vish/x is not authorized to perform: ${iamAction(operation)} on resource: arn:aws:ecs:eu-central-1:123456789012:service/apps/x because no identity-based policy allows it`,
        operation.startsWith('STS') ? 403 : 400,
      );
    case 'refused':
      throw new Silence();
  }
}

const iamAction = (operation: string) =>
  operation.replace(/^[A-Z]+\./u, (name) => name.toLowerCase().replace('.', ':'));

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function xmlOf(value: unknown): string {
  if (typeof value !== 'object' || value === null)
    return String(value).replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return Object.entries(value)
    .map(([key, item]) => `<${key}>${xmlOf(item)}</${key}>`)
    .join('');
}
