import { controllerRevisions } from '../../../objects/workloads.ts';
import type { Decision } from '../../../rollout/engine/decide.ts';
import type { Observation, Target } from '../../../targets/target.ts';
import type { Look } from '../look.ts';
import { remove } from '../remove.ts';
import type { StoredRelease } from './revision.ts';
import { surplusReleases } from './surplus.ts';

export interface Seen {
  readonly decision: Decision;
  readonly observation: Observation | undefined;
  readonly memory: unknown;
  readonly wanted: number | undefined;
}

export interface Collected {
  readonly numbers: ReadonlySet<number>;
  readonly lookAgainMs?: number;
}

const retryMs = 5000;
const nothing: Collected = { numbers: new Set() };

/**
 * Forgets releases that left the history, only at rest. First the place forgets them, then their revisions go: a revision
 * is the only record of what may still stand there.
 */
export async function collectSurplus(look: Look, target: Target, seen: Seen): Promise<Collected> {
  const surplus = surplusOf(look, seen);
  if (surplus.length === 0) return nothing;
  const { deployment, signal, log } = look;
  const scope = { deployment, memory: seen.memory, signal, log };
  const { done, retryAfterMs = retryMs } = await target.forget(scope, surplus);
  if (!done) return { ...nothing, lookAgainMs: retryAfterMs };
  for (const { revision } of surplus) await remove(look, controllerRevisions, revision);
  return { numbers: new Set(surplus.map(({ number }) => number)) };
}

function surplusOf({ deployment, releases }: Look, { decision, observation, wanted }: Seen): StoredRelease[] {
  const { live, rollout, refused } = decision.state;
  if (rollout !== undefined || observation === undefined || observation.outcome === 'Unknown') return [];
  const { sides } = observation;
  const use = { live, refused, sides, wanted, pinned: deployment.status?.pinned?.release };
  return surplusReleases(releases, deployment.spec.historyLimit, use);
}
