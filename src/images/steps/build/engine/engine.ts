import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Duplex, Readable } from 'node:stream';
import { type Dispatcher, Pool } from 'undici';
import { z } from 'zod';
import { StepError } from '../../step-error.ts';

export interface EngineOptions {
  /** As in the settings: `unix:///...` or `tcp://host:port`, which is spoken to over TLS. */
  readonly host: string;
  /** Where the socket of a `unix://` host lies for this process. */
  readonly socket: string;
  /** Folder with ca.pem, cert.pem and key.pem for a `tcp://` host. */
  readonly tls: string;
}

const connectMs = 10_000;
/** An image of some gigabytes is put together before its first byte comes. */
const answerMs = 120_000;
const connections = 16;
const longestAnswer = 1024 * 1024;

const images = z.array(z.object({ RepoTags: z.array(z.string()).nullable() })).max(10_000);

/**
 * The few requests to a Docker Engine that a build needs. No client library: what it would add is a session for BuildKit, and
 * the ones there are have no secrets, one login for all hosts, and none of the health answers without which a slow build ends.
 */
export class Engine {
  private readonly pool: Pool;
  private readonly host: string;

  private constructor(pool: Pool, host: string) {
    this.pool = pool;
    this.host = host;
  }

  static async open(options: EngineOptions): Promise<Engine> {
    const timeouts = { headersTimeout: answerMs, bodyTimeout: answerMs, connections };
    const { host, socket } = options;
    if (host.startsWith('unix://')) {
      const connect = { socketPath: socket, timeout: connectMs };
      return new Engine(new Pool('http://docker', { ...timeouts, connect }), host);
    }
    const connect = { ...(await certificates(options)), timeout: connectMs };
    return new Engine(new Pool(host.replace(/^tcp:/, 'https:'), { ...timeouts, connect }), host);
  }

  /** A connection that speaks the protocol of the Engine's own BuildKit. */
  async dial(): Promise<Duplex> {
    const { socket } = await this.told(this.pool.upgrade({ path: '/grpc', method: 'POST', protocol: 'h2c' }));
    return socket;
  }

  /** Rejects when it does not answer. */
  async ping(): Promise<void> {
    await this.text('GET', '/_ping');
  }

  /** A tar as `docker save` makes it. */
  async save(image: string): Promise<Readable> {
    return (await this.request('GET', `/images/${image}/get`)).body;
  }

  async remove(image: string): Promise<void> {
    await this.text('DELETE', `/images/${image}?force=true`);
  }

  /** Names with tags, of one repository. */
  async tagsOf(repository: string): Promise<string[]> {
    const filters = encodeURIComponent(JSON.stringify({ reference: [repository] }));
    const found = images.parse(JSON.parse(await this.text('GET', `/images/json?filters=${filters}`)));
    return found.flatMap(({ RepoTags }) => RepoTags ?? []);
  }

  async close(): Promise<void> {
    await this.pool.destroy();
  }

  private async text(method: 'GET' | 'DELETE', path: string): Promise<string> {
    const { body } = await this.request(method, path);
    return firstOf(body);
  }

  private async request(method: 'GET' | 'DELETE', path: string): Promise<Dispatcher.ResponseData> {
    const answer = await this.told(this.pool.request({ method, path }));
    if (answer.statusCode < 300) return answer;
    throw this.unusable(`${method} ${path} is answered with ${answer.statusCode} ${await firstOf(answer.body)}`);
  }

  private async told<T>(asked: Promise<T>): Promise<T> {
    return asked.catch((error: unknown) => {
      throw this.unusable(error instanceof Error ? error.message : String(error));
    });
  }

  private unusable(why: string): StepError {
    const message = `the Docker Engine at ${this.host} cannot be used: ${why}; have the administrator look at builds.docker`;
    return new StepError('BuilderUnavailable', message);
  }
}

/** All of it; what is longer than any answer of an Engine is cut. */
async function firstOf(body: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body) {
    chunks.push(chunk as Buffer);
    length += (chunk as Buffer).length;
    if (length > longestAnswer) break;
  }
  return Buffer.concat(chunks).toString('utf8');
}

async function certificates({ tls }: EngineOptions) {
  const read = (name: string) => readFile(join(tls, name));
  const [ca, cert, key] = await Promise.all([read('ca.pem'), read('cert.pem'), read('key.pem')]);
  return { ca, cert, key };
}
