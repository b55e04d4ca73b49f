import type { KeyObject } from 'node:crypto';
import { RegistryError } from '../registry/errors.ts';
import { attach, referrersOf } from '../registry/referrers.ts';
import type { Repository } from '../registry/repository.ts';
import { type Descriptor, parsed, partsOf } from '../registry/types.ts';
import { bundleType, isSignedBy, signatureBundle } from './bundle.ts';
import type { SigningKey } from './keys.ts';

/** Who may push can attach a thousand things to make a look take for ever. */
const mostLookedAt = 20;
const maxBundleBytes = 128 * 1024;

/** Signs an image that was pushed; one that has a signature of this key gets no second one. */
export async function signImage(repository: Repository, digest: string, key: SigningKey): Promise<void> {
  if (await isSigned(repository, digest, [key.publicKey])) return;
  const image = await repository.manifest(digest);
  if (image === undefined) {
    throw new RegistryError(
      'RegistryUnreachable',
      `${repository.shown(digest)} has just been pushed and is not there yet`,
    );
  }
  await attach(
    repository,
    { ...image, size: image.content.length },
    {
      artifactType: bundleType,
      annotations: { 'dev.sigstore.bundle.content': 'dsse-envelope' },
      mediaType: bundleType,
      content: signatureBundle(digest, key),
    },
  );
}

/** Whether one of these keys signed the image. */
export async function isSigned(repository: Repository, digest: string, keys: readonly KeyObject[]): Promise<boolean> {
  const attached = await referrersOf(repository, digest);
  // Ours is the only sort that is looked for, and the newest stands last.
  const bundles = attached.filter(({ artifactType }) => artifactType === bundleType).slice(-mostLookedAt);
  for (const each of bundles.toReversed()) {
    if (isSignedBy(await bundleIn(repository, each), digest, keys)) return true;
  }
  return false;
}

/** Undefined where what is listed is gone, or is no bundle. */
async function bundleIn(repository: Repository, { digest }: Descriptor): Promise<unknown> {
  const manifest = await repository.manifest(digest);
  const [, layer] = (manifest && partsOf(manifest)?.blobs) ?? [];
  if (layer === undefined || layer.size > maxBundleBytes) return undefined;
  const chunks: Uint8Array[] = [];
  for await (const chunk of repository.blob(layer)) chunks.push(chunk);
  return parsed(Buffer.concat(chunks));
}
