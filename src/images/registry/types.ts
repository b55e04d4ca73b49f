import { z } from 'zod';
import { digestPattern } from './reference.ts';

/** What is read of the OCI image format and of Docker's older one. Documents are kept and passed on as bytes. */
export const mediaTypes = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  dockerIndex: 'application/vnd.docker.distribution.manifest.list.v2+json',
  dockerManifest: 'application/vnd.docker.distribution.manifest.v2+json',
} as const;

/** A registry says "not found" for a manifest of a type that was not asked for. */
export const acceptManifests = Object.values(mediaTypes).join(', ');
/** What the specification lets a registry refuse. */
export const maxManifestBytes = 4 * 1024 * 1024;
const maxParts = 1000;

export const descriptor = z.object({
  mediaType: z.string().max(255),
  digest: z.string().regex(digestPattern),
  size: z
    .number()
    .int()
    .min(0)
    .max(2 ** 40),
  platform: z.object({ os: z.string().max(64), architecture: z.string().max(64) }).optional(),
  artifactType: z.string().max(255).optional(),
  annotations: z.record(z.string().max(255), z.string().max(4096)).optional(),
});

export type Descriptor = z.output<typeof descriptor>;

export const indexSchema = z.object({ manifests: z.array(descriptor).max(maxParts) });
const manifestSchema = z.object({ config: descriptor, layers: z.array(descriptor).max(maxParts) });

/** A manifest or an index, as it travels. */
export interface Document {
  readonly mediaType: string;
  readonly digest: string;
  readonly content: Uint8Array;
}

/** What a document is made of: further documents, or blobs. Undefined when it is no image. */
export function partsOf({
  mediaType,
  content,
}: Document): { manifests: Descriptor[]; blobs: Descriptor[] } | undefined {
  const json = parsed(content);
  if (mediaType === mediaTypes.index || mediaType === mediaTypes.dockerIndex) {
    const index = indexSchema.safeParse(json);
    return index.success ? { manifests: index.data.manifests, blobs: [] } : undefined;
  }
  if (mediaType !== mediaTypes.manifest && mediaType !== mediaTypes.dockerManifest) return undefined;
  const manifest = manifestSchema.safeParse(json);
  return manifest.success ? { manifests: [], blobs: [manifest.data.config, ...manifest.data.layers] } : undefined;
}

/** Undefined where it is no JSON. */
export function parsed(content: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(content).toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}
