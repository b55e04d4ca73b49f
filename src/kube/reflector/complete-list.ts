import type { KubeObject } from '../object/object.ts';
import { compareResourceVersions } from '../object/resource-version.ts';
import type { Attempt } from './attempt.ts';
import type { Failure } from './failure.ts';
import type { InitialList } from './initial-list.ts';
import { acceptsOlder } from './plan.ts';

/** Puts a full list in place of what the target holds, unless that would take it back to an older version. */
export async function completeList<T extends KubeObject>(
  { target, position, stats, clock }: Attempt<T>,
  list: InitialList<T>,
  version: string,
): Promise<Failure | undefined> {
  const held = target.resourceVersion;
  if (held !== undefined && !acceptsOlder(position) && compareResourceVersions(version, held) < 0) {
    return { reason: 'Stale', detail: `got a list of version ${version}, which is older than ${held}` };
  }
  stats.syncs++;
  stats.lastFailure = undefined;
  stats.lastEventAt = clock.monotonic();
  await target.replace(list.objects, version);
  return undefined;
}
