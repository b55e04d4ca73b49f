import type { KeyObject } from 'node:crypto';
import { RegistryError } from '../registry/errors.ts';
import { attach, referrersOf } from '../registry/referrers.ts';
import type { Repository } from '../registry/repository.ts';
import { type Descriptor, parsed, partsOf } from '../registry/types.ts';
import { bundleType, isSignedBy, signatureBundle } from './bundle.ts';
import type { SigningKey } from './keys.ts';
import { signed } from './statement.ts';

/** Who may push can attach a thousand things to make a look take for ever. */
const mostLookedAt = 20;
const maxBundleBytes = 128 * 1024;

/** Signs an image that was pushed; one that has a signature of this key gets no second one. */
export async function signImage(repository: Repository, digest: string, key: SigningKey): Promise<void> {
  const { found } = await look(repository, digest, [key.publicKey]);
  if (found) return;
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

/** Whether one of these keys signed the image. Throws where a signature may be among what cannot be read. */
export async function isSigned(repository: Repository, digest: string, keys: readonly KeyObject[]): Promise<boolean> {
  const { found, problem } = await look(repository, digest, keys);
  if (!found && problem !== undefined) throw problem;
  return found;
}

interface Seen {
  readonly found: boolean;
  /** Of what could not be read. */
  readonly problem?: RegistryError | undefined;
}

/** What is broken hides nothing that stands beside it: anybody who may push can attach it. */
async function look(repository: Repository, digest: string, keys: readonly KeyObject[]): Promise<Seen> {
  const attached = await referrersOf(repository, digest);
  // Ours is the only sort that is looked for, and the newest stands last.
  const bundles = attached.filter(maySign).slice(-mostLookedAt);
  let problem: RegistryError | undefined;
  for (const each of bundles.toReversed()) {
    try {
      if (isSignedBy(await bundleIn(repository, each), digest, keys)) return { found: true };
    } catch (error) {
      if (!(error instanceof RegistryError) || error.retryable) throw error;
      problem = error;
    }
  }
  return { found: false, problem };
}

/** Attestations are bundles as well, and a scanner that attaches one each day would push the signature out of sight. */
function maySign({ artifactType, annotations }: Descriptor): boolean {
  const said = annotations?.['dev.sigstore.bundle.predicateType'] ?? signed;
  return artifactType === bundleType && said === signed;
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
