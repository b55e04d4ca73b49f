import type { Outbound, OutboundStream } from '../../outbound/outbound.ts';
import type { Clock } from '../../seams/clock.ts';
import { type Access, Calls } from './calls.ts';
import type { RegistryCredentials } from './credentials.ts';
import { damaged, digestOf, verified } from './digest.ts';
import { RegistryError } from './errors.ts';
import { Login } from './login.ts';
import { digestPattern } from './reference.ts';
import { acceptManifests, type Descriptor, type Document, maxManifestBytes } from './types.ts';

export interface RepositoryOptions {
  readonly outbound: Outbound;
  readonly clock: Clock;
  readonly host: string;
  /** Path of the repository at the registry. */
  readonly repository: string;
  readonly credentials?: RegistryCredentials | undefined;
  readonly access: Access;
  /** Another repository of the same registry, whose blobs may be taken over without sending them. */
  readonly mountFrom?: string | undefined;
  readonly signal: AbortSignal;
}

/** What a layer may take at the slowest line that is still worth waiting for. */
const slowestBytesPerMs = 100;
const leastTransferMs = 120_000;

/** One repository of a registry, for one piece of work with one login. Every method rejects with a RegistryError. */
export class Repository {
  readonly host: string;
  readonly name: string;
  private readonly options: RepositoryOptions;
  /** For the other files of this folder. */
  readonly calls: Calls;

  constructor(options: RepositoryOptions) {
    const { outbound, clock, host, repository, credentials, access, mountFrom, signal } = options;
    const own = `repository:${repository}:${actionsFor[access]}`;
    const scopes = mountFrom === undefined ? [own] : [own, `repository:${mountFrom}:pull`];
    this.host = host;
    this.name = repository;
    this.options = options;
    this.calls = new Calls({
      outbound,
      login: new Login({ outbound, clock, credentials, scopes }),
      host,
      access,
      signal,
    });
  }

  /** The digest that a tag points to; undefined when there is no such image. */
  async digestOf(reference: string): Promise<string | undefined> {
    const answer = await this.calls.sendOnly({ ...this.manifestCall(reference), method: 'HEAD' });
    if (answer.status === 404) return undefined;
    const digest = answer.headers.get('docker-content-digest') ?? '';
    return digestPattern.test(digest) ? digest : (await this.manifest(reference))?.digest;
  }

  /** A manifest or an index by tag or digest; undefined when there is none. Its content is what its digest says. */
  async manifest(reference: string): Promise<Document | undefined> {
    const limits = { maxBytes: maxManifestBytes, maxDecodedBytes: maxManifestBytes };
    const answer = await this.calls.send({ ...this.manifestCall(reference), limits });
    const content = await collect(answer);
    if (answer.status === 404) return undefined;
    const digest = digestOf(content);
    const expected = digestPattern.test(reference)
      ? reference
      : (answer.headers.get('docker-content-digest') ?? digest);
    if (digest !== expected) throw damaged(this.shown(reference), 'its content has another digest');
    const mediaType = answer.headers.get('content-type')?.split(';')[0]?.trim() ?? '';
    return { mediaType, digest, content };
  }

  /** Content of a blob; throws at its end, or before, when it is not what the descriptor says. */
  async *blob(blob: Descriptor): AsyncGenerator<Uint8Array> {
    const limits = { totalMs: transferMs(blob), maxBytes: blob.size + 1, maxDecodedBytes: blob.size + 1 };
    const path = `/v2/${this.name}/blobs/${blob.digest}`;
    const headers = { 'accept-encoding': 'identity' };
    const what = this.shown(blob.digest);
    const answer = await this.calls.send({ path, headers, limits, accepts: [200], what });
    try {
      yield* verified(answer.body, blob, what);
    } finally {
      answer.cancel();
    }
  }

  async hasBlob(digest: string): Promise<boolean> {
    const path = `/v2/${this.name}/blobs/${digest}`;
    const answer = await this.calls.sendOnly({ path, method: 'HEAD', accepts: [200, 404], what: this.shown(digest) });
    return answer.status === 200;
  }

  /** Puts a blob there, unless it is there or can be taken over; `open` is called only when it has to be sent. */
  async putBlob(blob: Descriptor, open: () => AsyncIterable<Uint8Array>): Promise<'sent' | 'there'> {
    if (await this.hasBlob(blob.digest)) return 'there';
    const start = await this.startUpload(blob.digest);
    if (start === undefined) return 'there';
    const what = this.shown(blob.digest);
    const source = new WatchedSource(verified(open(), blob, what));
    const sending = this.calls.sendOnly({
      path: `${start.href}${start.search === '' ? '?' : '&'}digest=${encodeURIComponent(blob.digest)}`,
      method: 'PUT',
      headers: { 'content-type': 'application/octet-stream' },
      body: { stream: source.read(), length: blob.size },
      limits: { totalMs: transferMs(blob), headersMs: leastTransferMs },
      accepts: [201],
      what,
    });
    await sending.catch((error: unknown) => {
      throw source.problem ?? error;
    });
    return 'sent';
  }

  /**
   * Puts a manifest there under a tag, or under its digest alone. What it names must be there before. Says for which image
   * the registry lists it as a referrer, where it knows of referrers.
   */
  async putManifest({ mediaType, digest, content }: Document, tag?: string): Promise<{ subject: string | undefined }> {
    const name = tag ?? digest;
    const path = `/v2/${this.name}/manifests/${name}`;
    const call = { path, method: 'PUT', headers: { 'content-type': mediaType }, body: content };
    const { headers } = await this.calls.sendOnly({ ...call, accepts: [201], what: this.shown(name) });
    const stored = headers.get('docker-content-digest') ?? digest;
    if (stored !== digest) throw damaged(this.shown(name), 'the registry stored something else');
    return { subject: headers.get('oci-subject') };
  }

  /** Deletes a manifest and every tag that points to it. Registries may have deletion switched off. */
  async deleteManifest(digest: string): Promise<'deleted' | 'absent' | 'unsupported'> {
    const path = `/v2/${this.name}/manifests/${digest}`;
    const accepts = [202, 200, 204, 404, 405, 501];
    const { status } = await this.calls.sendOnly({ path, method: 'DELETE', accepts, what: this.shown(digest) });
    if (status === 404) return 'absent';
    return status < 300 ? 'deleted' : 'unsupported';
  }

  /** How messages name an image of this repository. */
  shown(reference: string): string {
    return `${this.host}/${this.name}${digestPattern.test(reference) ? '@' : ':'}${reference}`;
  }

  private manifestCall(reference: string) {
    const path = `/v2/${this.name}/manifests/${reference}`;
    return { path, headers: { accept: acceptManifests }, accepts: [200, 404], what: this.shown(reference) };
  }

  /** Where to send a blob; undefined when the registry took it over from the other repository. */
  private async startUpload(digest: string): Promise<URL | undefined> {
    const { mountFrom } = this.options;
    const mount =
      mountFrom === undefined ? '' : `?${new URLSearchParams({ mount: digest, from: mountFrom }).toString()}`;
    const path = `/v2/${this.name}/blobs/uploads/${mount}`;
    const what = this.shown(digest);
    const answer = await this.calls.sendOnly({ path, method: 'POST', accepts: [201, 202], what });
    if (answer.status === 201) return undefined;
    const place = this.calls.ownAddress(answer.headers.get('location'));
    if (place) return place;
    throw new RegistryError(
      'PushDenied',
      `${what}: the registry sends uploads to another host, which is refused; use that host in image.repository`,
    );
  }
}

/** Remembers why a body could not be read: of that the request only knows that it broke. */
class WatchedSource {
  problem: unknown;
  private readonly content: AsyncIterable<Uint8Array>;

  constructor(content: AsyncIterable<Uint8Array>) {
    this.content = content;
  }

  async *read(): AsyncGenerator<Uint8Array> {
    try {
      yield* this.content;
    } catch (error) {
      this.problem = error;
      throw error;
    }
  }
}

const actionsFor: Readonly<Record<Access, string>> = { pull: 'pull', push: 'pull,push', delete: 'pull,push,delete' };

function transferMs({ size }: Descriptor): number {
  return leastTransferMs + Math.ceil(size / slowestBytesPerMs);
}

export async function collect({ body }: Pick<OutboundStream, 'body'>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}
