import type { Deployment } from '../../../crds/deployment/deployment.ts';
import type { Read } from '../../../objects/wire.ts';
import type { Stores } from '../look.ts';
import { Obstacle } from '../obstacle.ts';

/** Who writes the digest of an untrusted Build into a Deployment gets around the branch, so the digest decides. */
export function refuseUntrusted(
  image: string,
  { metadata: { namespace = '' } }: Read<Deployment>,
  { builds }: { readonly builds: Pick<Stores['builds'], 'store'> },
): void {
  const digest = image.split('@').at(-1) ?? '';
  const made = builds.store.byIndex('digest', `${namespace}/${digest}`);
  // The same content may have been built from a commit that was vouched for.
  if (made.length === 0 || made.some(({ status }) => status?.trust === 'Trusted')) return;
  const message = `The image comes from Build ${made[0]?.metadata.name}, for whose commit nobody vouched; follow a branch that has it.`;
  throw new Obstacle('UntrustedImage', message);
}
