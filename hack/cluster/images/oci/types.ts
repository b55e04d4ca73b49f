import { z } from 'zod';

/** The parts of the OCI image format that we read and write. Unknown fields of foreign documents are kept by digest. */
export const mediaTypes = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layerGzip: 'application/vnd.oci.image.layer.v1.tar+gzip',
  layerTar: 'application/vnd.oci.image.layer.v1.tar',
  dockerManifest: 'application/vnd.docker.distribution.manifest.v2+json',
  dockerIndex: 'application/vnd.docker.distribution.manifest.list.v2+json',
} as const;

export const referenceAnnotation = 'org.opencontainers.image.ref.name';
/** BuildKit marks with it what is attached to an image: manifests of no platform that stand beside it in the index. */
export const attachedAnnotation = 'vnd.docker.reference.digest';
export const fullNameAnnotation = 'io.containerd.image.name';

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);

const descriptorSchema = z.looseObject({
  mediaType: z.string(),
  digest,
  size: z.number().int().nonnegative(),
  annotations: z.record(z.string(), z.string()).optional(),
});
export type Descriptor = z.infer<typeof descriptorSchema>;

export function isIndex({ mediaType }: Pick<Descriptor, 'mediaType'>): boolean {
  return mediaType === mediaTypes.index || mediaType === mediaTypes.dockerIndex;
}

export const indexSchema = z.looseObject({
  schemaVersion: z.literal(2),
  manifests: z.array(descriptorSchema).max(1000),
});

export const manifestSchema = z.looseObject({
  schemaVersion: z.literal(2),
  config: descriptorSchema,
  layers: z.array(descriptorSchema).max(1000),
});
export type Manifest = z.infer<typeof manifestSchema>;

const runSettings = z.looseObject({
  Env: z.array(z.string()).optional(),
  Entrypoint: z.array(z.string()).nullish(),
  Cmd: z.array(z.string()).nullish(),
  Labels: z.record(z.string(), z.string()).nullish(),
});
export type RunSettings = z.infer<typeof runSettings>;

export const imageConfigSchema = z.looseObject({
  architecture: z.string(),
  os: z.string(),
  config: runSettings.optional(),
  rootfs: z.looseObject({ type: z.literal('layers'), diff_ids: z.array(digest) }),
  history: z.array(z.looseObject({ created_by: z.string().optional() })).optional(),
});
export type ImageConfig = z.infer<typeof imageConfigSchema>;
