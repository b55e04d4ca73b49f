import type { Build } from '../../../crds/build/build.ts';
import { summarise } from '../../../crds/conditions/conditions.ts';
import { stateOf } from '../../../crds/conditions/states.ts';
import { ifPresent, isKubeError } from '../../../kube/index.ts';
import { builds } from '../../../objects/vish.ts';
import type { Read } from '../../../objects/wire.ts';
import type { Look } from '../look.ts';
import { Obstacle } from '../obstacle.ts';

/**
 * Says that the commit of this Build comes from the repository as the git host showed it to us. Only the operator may write
 * a status, so this is what makes a Build trusted: who made the object says nothing, for its spec is what was planned. A
 * Build that counts as untrusted already stays so.
 */
export async function vouchFor(
  { client, wrote, now, signal }: Pick<Look, 'client' | 'wrote' | 'now' | 'signal'>,
  build: Read<Build>,
): Promise<Read<Build>> {
  if (build.status?.trust !== undefined) return build;
  const { namespace = '', name, uid, resourceVersion } = build.metadata;
  const patch = { metadata: { uid, resourceVersion }, status: { trust: 'Trusted', ...firstStatus(build, now) } };
  try {
    const options = { type: 'merge', subresource: 'status', signal } as const;
    const vouched = await ifPresent(client.patch(builds, { namespace, name }, patch, options));
    if (vouched === undefined) return build;
    wrote(builds, vouched);
    return vouched;
  } catch (error) {
    if (!isKubeError(error, 'Conflict')) throw error;
    const message = `Build ${name} has just changed and is looked at again.`;
    throw new Obstacle('BuildQueued', message, { lookAgainMs: 1000 });
  }
}

/** Who reads a status expects a summary in it. */
function firstStatus({ metadata, status }: Read<Build>, now: Date): Build['status'] {
  if (status?.conditions !== undefined) return {};
  const observedGeneration = metadata.generation ?? 1;
  const message = `Build ${metadata.name} has not started yet.`;
  const conditions = summarise([], { reason: 'BuildQueued', message }, { now, generation: observedGeneration });
  return { observedGeneration, state: stateOf(conditions), conditions: [...conditions] };
}
