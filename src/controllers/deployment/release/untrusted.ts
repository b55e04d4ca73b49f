import type { Deployment } from '../../../crds/deployment/deployment.ts';
import { placeOf } from '../../../images/registry/reference.ts';
import type { Read } from '../../../objects/wire.ts';
import { repositoryOf } from '../../build/trust.ts';
import type { Stores } from '../look.ts';
import { Obstacle } from '../obstacle.ts';

export interface UntrustedStores {
  readonly builds: Pick<Stores['builds'], 'store'>;
  readonly projects: Pick<Stores['projects'], 'store'>;
}

/**
 * Who writes the digest of an untrusted Build into a Deployment gets around the branch, so the digest decides. What an image is
 * made of has digests that no Build tells, so nothing is taken from the repository of untrusted images either.
 */
export function refuseUntrusted(
  image: string,
  { metadata: { namespace = '' } }: Read<Deployment>,
  { builds, projects }: UntrustedStores,
): void {
  const digest = image.split('@').at(-1) ?? '';
  const made = builds.store.byIndex('digest', `${namespace}/${digest}`);
  // The same content may have been built from a commit that was vouched for.
  if (made.some(({ status }) => status?.trust === 'Trusted')) return;
  const [first] = made;
  const own = projects.store.list().filter(({ metadata }) => metadata.namespace === namespace);
  const isApart = own.some((project) => placeOf(repositoryOf(project, 'Untrusted')) === placeOf(image));
  if (first === undefined && !isApart) return;
  const origin = first === undefined ? 'the repository of untrusted images' : `Build ${first.metadata.name}`;
  const message = `The image ${image} comes from ${origin}, for whose commit nobody vouched; follow a branch that has it.`;
  throw new Obstacle('UntrustedImage', message);
}
