import { createReadStream } from 'node:fs';
import { type Dispatcher, request } from 'undici';
import { type Descriptor, mediaTypes } from './types.ts';

export interface RegistryOptions {
  /** The registry's address, e.g. `http://127.0.0.1:5000`; plain HTTP and no login: it is meant for the local one. */
  url: string;
  /** Deadline of one call without a body. Default: 30 s. */
  callDeadlineMs?: number;
  /** Deadline of one upload. Default: 10 minutes. */
  uploadDeadlineMs?: number;
}

/** A registry says "not found" for a manifest of a type that was not asked for. */
const manifestTypes = [mediaTypes.manifest, mediaTypes.index, mediaTypes.dockerManifest, mediaTypes.dockerIndex].join(
  ', ',
);

interface Call {
  method: Dispatcher.HttpMethod;
  path: string | URL;
  headers?: Record<string, string>;
  body?: string | ReturnType<typeof createReadStream>;
  deadlineMs?: number;
}

/** The few calls of the distribution API that pushing needs. */
export class Registry {
  readonly url: string;
  private readonly options: RegistryOptions;

  constructor(options: RegistryOptions) {
    this.options = options;
    this.url = options.url.replace(/\/+$/, '');
  }

  async hasBlob(repository: string, digest: string): Promise<boolean> {
    const { statusCode } = await this.call({ method: 'HEAD', path: `/v2/${repository}/blobs/${digest}` }, [200, 404]);
    return statusCode === 200;
  }

  /** The digest that a tag points to; undefined when there is no such tag. */
  async digestOfTag(repository: string, tag: string): Promise<string | undefined> {
    const headers = { accept: manifestTypes };
    const answer = await this.call({ method: 'HEAD', path: `/v2/${repository}/manifests/${tag}`, headers }, [200, 404]);
    if (answer.statusCode !== 200) return undefined;
    return String(answer.headers['docker-content-digest'] ?? '');
  }

  async putBlob(repository: string, file: string, { digest, size }: Descriptor): Promise<void> {
    const { headers } = await this.call({ method: 'POST', path: `/v2/${repository}/blobs/uploads/` }, [202]);
    const place = this.uploadPlace(headers.location);
    place.searchParams.set('digest', digest);
    const type = { 'content-type': 'application/octet-stream', 'content-length': String(size) };
    const deadlineMs = this.options.uploadDeadlineMs ?? 600_000;
    const body = createReadStream(file);
    await this.call({ method: 'PUT', path: place, headers: type, body, deadlineMs }, [201]);
  }

  /** `name` is a tag or, for a part of an index, its digest. */
  async putManifest(repository: string, name: string, manifest: { mediaType: string; content: string }): Promise<void> {
    const headers = { 'content-type': manifest.mediaType };
    const path = `/v2/${repository}/manifests/${name}`;
    await this.call({ method: 'PUT', path, headers, body: manifest.content }, [201]);
  }

  /** A registry that sends an upload elsewhere would get our content at an address that nobody chose. */
  private uploadPlace(location: string | string[] | undefined): URL {
    const place = new URL([location].flat()[0] ?? '', this.url);
    if (place.host === new URL(this.url).host) return place;
    throw new Error(`the registry ${this.url} sent an upload to another host, ${place.host}; refused`);
  }

  private async call({ path, deadlineMs, ...rest }: Call, expected: number[]): Promise<Dispatcher.ResponseData> {
    const url = new URL(path, this.url);
    const limit = deadlineMs ?? this.options.callDeadlineMs ?? 30_000;
    const signal = AbortSignal.timeout(limit);
    const answer = await request(url, { ...rest, signal }).catch((error: unknown) => {
      throw new Error(`${rest.method} ${url.href} failed; is the registry running?`, { cause: error });
    });
    if (expected.includes(answer.statusCode)) {
      await answer.body.dump();
      return answer;
    }
    const said = (await answer.body.text()).slice(0, 500);
    throw new Error(`${rest.method} ${url.href} was answered with ${answer.statusCode}: ${said}`);
  }
}
