import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, readFile, realpath, rename, writeFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { z } from 'zod';
import { digestOf } from '../../../registry/digest.ts';
import { type Descriptor, mediaTypes } from '../../../registry/types.ts';

const manifestFile = z.tuple([
  z.object({ Config: z.string().max(255), Layers: z.array(z.string().max(255)).max(1000) }),
]);
const configFile = z.object({ os: z.string(), architecture: z.string(), variant: z.string().optional() });
const layerType = 'application/vnd.oci.image.layer.v1.tar';

/** Makes an OCI layout of what `docker save` wrote, whatever the version of the Engine: manifest.json is in all of them. */
export async function toLayout(saved: string, layout: string): Promise<void> {
  const root = await realpath(saved);
  const blobs = join(layout, 'blobs', 'sha256');
  await mkdir(blobs, { recursive: true });
  const [{ Config, Layers }] = manifestFile.parse(JSON.parse(await readFile(join(root, 'manifest.json'), 'utf8')));
  const config = await readFile(await inside(root, Config));
  const layers: Descriptor[] = [];
  for (const layer of Layers) layers.push(await addLayer(blobs, await inside(root, layer)));
  const manifest = {
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    config: await add(blobs, 'application/vnd.oci.image.config.v1+json', config),
    layers,
  };
  const platform = configFile.parse(JSON.parse(config.toString('utf8')));
  const top = await add(blobs, mediaTypes.manifest, Buffer.from(JSON.stringify(manifest)));
  const index = { schemaVersion: 2, mediaType: mediaTypes.index, manifests: [{ ...top, platform }] };
  await writeFile(join(layout, 'index.json'), JSON.stringify(index));
  await writeFile(join(layout, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
}

/** Older Engines have links from one layer to another of the same content. */
async function inside(root: string, path: string): Promise<string> {
  const found = await realpath(join(root, path));
  if (!found.startsWith(root + sep)) throw new Error(`${path} of the saved image lies outside of it`);
  return found;
}

async function add(blobs: string, mediaType: string, content: Buffer): Promise<Descriptor> {
  const digest = digestOf(content);
  await writeFile(join(blobs, hexOf(digest)), content);
  return { mediaType, digest, size: content.length };
}

async function addLayer(blobs: string, file: string): Promise<Descriptor> {
  const kind = await compressionOf(file);
  const incoming = join(blobs, 'incoming');
  const hash = createHash('sha256');
  let size = 0;
  const measured = async function* (chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) {
      hash.update(chunk);
      size += chunk.length;
      yield chunk;
    }
  };
  const to = createWriteStream(incoming);
  if (kind === 'none') await pipeline(createReadStream(file), createGzip(), measured, to);
  else await pipeline(createReadStream(file), measured, to);
  const digest = `sha256:${hash.digest('hex')}`;
  await rename(incoming, join(blobs, hexOf(digest)));
  return { mediaType: `${layerType}+${kind === 'none' ? 'gzip' : kind}`, digest, size };
}

/** An Engine with containerd's store keeps layers as they came from the registry. */
async function compressionOf(path: string): Promise<'gzip' | 'zstd' | 'none'> {
  await using file = await open(path);
  const { buffer } = await file.read(Buffer.alloc(4), 0, 4, 0);
  if (buffer.readUInt16BE() === 0x1f8b) return 'gzip';
  return buffer.readUInt32BE() === 0x28b52ffd ? 'zstd' : 'none';
}

function hexOf(digest: string): string {
  return digest.slice('sha256:'.length);
}
