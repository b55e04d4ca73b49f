import { type Summary, summarise, wholeSeconds } from '../../crds/conditions/conditions.ts';
import type { Target } from '../../crds/target/target.ts';
import { changeFinalizers, removeFinalizers } from '../../kube/finalizer/finalizer.ts';
import {
  type Client,
  done,
  type Informer,
  type ReconcileContext,
  type Result,
  type StatusWriter,
  type Stored,
} from '../../kube/index.ts';
import { targets as targetResource } from '../../objects/vish.ts';
import type { Clock } from '../../seams/clock.ts';
import type { Random } from '../../seams/random.ts';
import type { Checked } from '../../targets/ecs/check.ts';
import { type EcsPlace, ecsPlaceOf } from '../../targets/ecs/place.ts';
import { TargetError } from '../../targets/target.ts';
import { freshForMs, nextLookMs } from './timing.ts';
import { inUseFinalizer, isHeld, keptFor } from './use.ts';

export const ownedConditions: readonly string[] = ['Ready', 'Reconciling', 'Stalled'];

export interface TargetParts {
  readonly client: Pick<Client, 'patch'>;
  readonly targets: Pick<Informer<Target>, 'store'>;
  /** Names of the Deployments that refer to the Target of a key. */
  readonly usersOf: (key: string) => readonly string[];
  readonly status: StatusWriter<Target>;
  readonly check: (place: EcsPlace, signal: AbortSignal) => Promise<Checked>;
  readonly clock: Pick<Clock, 'now'>;
  readonly random: Random;
}

interface Finding extends Summary {
  readonly accountId?: string;
}

/** One look at a Target: whether it is in use, and whether its role and cluster can be used. */
export async function reconcileTarget(parts: TargetParts, key: string, { signal, log }: Run): Promise<Result> {
  const { targets, clock, random, usersOf } = parts;
  const seen = targets.store.get(key);
  const place = seen && ecsPlaceOf(seen);
  if (!seen || !place) return done;
  const users = usersOf(key);
  if (seen.metadata.deletionTimestamp !== undefined) return letGo(parts, seen, { place, users, signal, log });
  const target = await hold(parts, seen, { users, signal });
  const fresh = freshForMs(target, clock.now());
  if (fresh > 0) return { requeueAfterMs: fresh };
  const finding = await findingOf(parts, place, signal);
  await write(parts, { target, place, log }, finding);
  return { requeueAfterMs: nextLookMs(finding.reason, random) };
}

type Run = Pick<ReconcileContext, 'signal' | 'log'>;

interface Use {
  readonly users: readonly string[];
  readonly signal: AbortSignal;
}

/** One that nobody uses is not held, so that it can be deleted without an operator. */
async function hold({ client }: TargetParts, target: Stored<Target>, { users, signal }: Use): Promise<Stored<Target>> {
  const change = (finalizers: readonly string[]) => {
    const others = finalizers.filter((name) => name !== inUseFinalizer);
    return users.length > 0 ? [...others, inUseFinalizer] : others;
  };
  if (isHeld(target) === users.length > 0) return target;
  return changeFinalizers(client, targetResource, target, { change, signal });
}

async function letGo(
  parts: TargetParts,
  target: Stored<Target>,
  { place, users, signal, log }: Use & Run & { place: EcsPlace },
): Promise<Result> {
  if (!isHeld(target)) return done;
  if (users.length > 0) await write(parts, { target, place, log }, keptFor(users));
  else await removeFinalizers(parts.client, targetResource, target, { names: [inUseFinalizer], signal });
  return done;
}

async function findingOf({ check }: TargetParts, place: EcsPlace, signal: AbortSignal): Promise<Finding> {
  try {
    const { accountId } = await check(place, signal);
    const { region, cluster } = place.settings;
    return {
      reason: 'TargetReady',
      message: `The role can be assumed, and the cluster ${cluster} in ${region} of account ${accountId} is there.`,
      accountId,
    };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof TargetError)) throw error;
    return { reason: error.reason, message: error.message };
  }
}

interface Told extends Pick<Run, 'log'> {
  readonly target: Stored<Target>;
  readonly place: EcsPlace;
}

/** One write, or none: a refusal that lasts says the same each time. */
async function write(parts: TargetParts, { target, place, log }: Told, finding: Finding): Promise<void> {
  const now = new Date(parts.clock.now());
  const generation = target.metadata.generation ?? 0;
  const { accountId = target.status?.ecs?.accountId, ...summary } = finding;
  const draft = parts.status.begin(target);
  const conditions = summarise(target.status?.conditions ?? [], summary, { now, generation });
  draft.setConditions(
    conditions
      .filter(({ type }) => ownedConditions.includes(type))
      .map(({ type, status, reason, message }) => ({ type, status, reason, message, observedGeneration: generation })),
  );
  draft.set({
    observedGeneration: generation,
    ecs: { externalId: place.externalId, ...(accountId !== undefined && { accountId }) },
    ...(finding.accountId !== undefined && { checkedAt: wholeSeconds(now) }),
  });
  await draft.commit({ log });
}
