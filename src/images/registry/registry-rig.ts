import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import type { Exception } from '../../outbound/outbound.ts';
import { digestOf } from './digest.ts';
import { type Descriptor, mediaTypes } from './types.ts';

/** Where a registry of a test may be reached, as the operator's configuration would say it. */
export function plainHttpAt(host: string): Exception {
  return { cidr: '127.0.0.1', port: Number(host.split(':')[1]), http: true };
}

/** A folder in OCI layout, as a build leaves it. */
export class Layout {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  path(digest: string): string {
    return join(this.folder, 'blobs', 'sha256', digest.slice('sha256:'.length));
  }

  async add(content: Uint8Array | string, mediaType: string): Promise<Descriptor> {
    const digest = digestOf(content);
    await mkdir(join(this.folder, 'blobs', 'sha256'), { recursive: true });
    await writeFile(this.path(digest), content);
    return { mediaType, digest, size: Buffer.byteLength(content) };
  }

  /** An image of random layers. */
  async image(layerSizes: readonly number[]): Promise<{ image: Descriptor; layers: Descriptor[] }> {
    const platform = { os: 'linux', architecture: 'amd64' };
    const config = await this.add(JSON.stringify({ ...platform, id: randomBytes(8).toString('hex') }), 'config');
    const layers: Descriptor[] = [];
    for (const size of layerSizes) layers.push(await this.add(randomBytes(size), 'layer'));
    const manifest = { schemaVersion: 2, mediaType: mediaTypes.manifest, config, layers };
    return { image: await this.add(JSON.stringify(manifest), mediaTypes.manifest), layers };
  }

  async index(manifests: readonly Descriptor[]): Promise<Descriptor> {
    return this.add(JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.index, manifests }), mediaTypes.index);
  }

  /** Says what the layout holds. */
  async holds(...manifests: readonly Descriptor[]): Promise<void> {
    await writeFile(join(this.folder, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests }));
  }
}

export interface Line extends AsyncDisposable {
  readonly host: string;
  /** Cuts each connection after so many bytes towards the registry; undefined cuts none. */
  cutAfter: number | undefined;
}

/** A network line to a registry that can break in the middle of an upload. */
export async function startLine(to: string): Promise<Line> {
  const [address = '', port = ''] = to.split(':');
  const line = { host: '', cutAfter: undefined as number | undefined };
  const server = createServer((client) => {
    const upstream = connect(Number(port), address);
    let passed = 0;
    client.on('data', (chunk) => {
      passed += chunk.length;
      if (passed > (line.cutAfter ?? Number.POSITIVE_INFINITY)) client.destroy();
      else upstream.write(chunk);
    });
    client.on('error', () => undefined).on('close', () => upstream.destroy());
    upstream.on('error', () => client.destroy()).pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const listening = server.address();
  if (typeof listening !== 'object' || listening === null) throw new Error('the line has no address');
  line.host = `127.0.0.1:${listening.port}`;
  return Object.assign(line, {
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => void server.close(() => resolve())),
  });
}
