import { wholeSeconds } from '../../../crds/conditions/conditions.ts';
import type { DeploymentSpec } from '../../../crds/deployment/spec.ts';
import type { ActionRecord, DeploymentStatus } from '../../../crds/deployment/status.ts';
import type { Plan } from '../../../rollout/engine/legs.ts';
import { effectOf } from './effects.ts';
import { actionKeys } from './keys.ts';

type Name = ActionRecord['action'];

export interface ActionInput {
  readonly annotations: Readonly<Record<string, string>>;
  readonly status: DeploymentStatus;
  /** Hashes of the releases that exist, by number. */
  readonly hashes: ReadonlyMap<number, string>;
  readonly spec: Pick<DeploymentSpec, 'suspend' | 'target'> & {
    readonly pin?: number | undefined;
    readonly strategy: Plan;
  };
  readonly now: Date;
}

/** What an action does to the memory of the Deployment. */
export type Remembered = Pick<
  DeploymentStatus,
  'actions' | 'pinned' | 'refusedRelease' | 'restartedAt' | 'rollout' | 'checks' | 'history'
>;

const longestValue = 253;

const written = Object.entries(actionKeys) as [Name, string][];

/**
 * Takes in what annotations ask for, each value once; undefined when there is nothing new. It is written before anything
 * is done, so that it holds after the annotation is gone, and a crash cannot do it twice.
 */
export function takeActions(input: ActionInput): Remembered | undefined {
  const before = rememberedOf(input.status);
  const after = written.reduce<Remembered>((memory, [name, key]) => take(memory, input, { name, key }), before);
  return after === before ? undefined : after;
}

function take(memory: Remembered, input: ActionInput, { name, key }: { name: Name; key: string }): Remembered {
  // The API server stores no half letter: the value would differ from its record, and be a new wish at each look.
  const value = input.annotations[key]?.slice(0, longestValue).toWellFormed() ?? '';
  const record = memory.actions?.find(({ action }) => action === name);
  if (value === '')
    return record === undefined || record.clearedAt !== undefined ? memory : clear(memory, record, input);
  if (record?.value === value && record.clearedAt === undefined) return memory;
  const recordedAt = wholeSeconds(input.now);
  const effect = effectOf(name, value, { input, memory });
  if ('refused' in effect) return withRecord(memory, { action: name, value, recordedAt, refused: effect.refused });
  return withRecord({ ...memory, ...effect }, { action: name, value, recordedAt });
}

/** From here on the same value is a new wish. */
function clear(memory: Remembered, record: ActionRecord, { now }: ActionInput): Remembered {
  return withRecord(memory, { ...record, clearedAt: wholeSeconds(now) });
}

function withRecord(memory: Remembered, record: ActionRecord): Remembered {
  const others = (memory.actions ?? []).filter(({ action }) => action !== record.action);
  return { ...memory, actions: [...others, record] };
}

function rememberedOf({
  actions,
  pinned,
  refusedRelease,
  restartedAt,
  rollout,
  checks,
  history,
}: DeploymentStatus): Remembered {
  return { actions, pinned, refusedRelease, restartedAt, rollout, checks, history };
}
