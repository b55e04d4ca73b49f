import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { blobPath } from '../cluster/images/oci/blobs.ts';
import type { LayoutImage } from '../cluster/images/oci/layout.ts';
import type { ImageConfig } from '../cluster/images/oci/types.ts';

export interface LayerSize {
  /** The Dockerfile's instruction, shortened. */
  readonly madeBy: string;
  readonly compressed: number;
  readonly bytes: number;
}

/** What each layer takes in a registry and on a node. */
export async function layerSizes({ layout, manifest, config }: LayoutImage): Promise<LayerSize[]> {
  const instructions = layerInstructions(config);
  return Promise.all(
    manifest.layers.map(async ({ digest, size, mediaType }, index) => ({
      madeBy: instructions[index] ?? '',
      compressed: size,
      bytes: mediaType.endsWith('gzip') ? await unpackedSize(blobPath(layout, digest)) : size,
    })),
  );
}

/** Instructions that made a layer; the others only change settings. */
function layerInstructions({ history = [] }: ImageConfig): string[] {
  const lasting = history.filter((entry) => entry['empty_layer'] !== true);
  return lasting.map(({ created_by = '' }) => created_by.replace(/\s*# buildkit$/, '').slice(0, 60));
}

async function unpackedSize(file: string): Promise<number> {
  let bytes = 0;
  await pipeline(createReadStream(file), createGunzip(), async (chunks: AsyncIterable<Buffer>) => {
    for await (const chunk of chunks) bytes += chunk.length;
  });
  return bytes;
}

export function layerTable(layers: readonly LayerSize[]): string {
  const all = { madeBy: 'all', compressed: sum(layers, 'compressed'), bytes: sum(layers, 'bytes') };
  const line = ({ madeBy, compressed, bytes }: LayerSize) =>
    `  ${megabytes(bytes).padStart(9)}  ${megabytes(compressed).padStart(9)}  ${madeBy}`;
  return ['   unpacked  in transit  layer', ...[...layers, all].map(line)].join('\n');
}

function sum(layers: readonly LayerSize[], field: 'compressed' | 'bytes'): number {
  return layers.reduce((total, layer) => total + layer[field], 0);
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
