import { stateOf } from '../../../crds/conditions/states.ts';
import type { DeploymentStatus } from '../../../crds/deployment/status.ts';
import type { AxisChange } from '../../../rollout/engine/axes.ts';
import type { Decision } from '../../../rollout/engine/decide.ts';
import { afterFailureMessage, afterHook } from '../../../rollout/engine/hooks.ts';
import type { Finding } from '../../../rollout/engine/state.ts';
import type { Observation } from '../../../targets/target.ts';
import { actionKeys } from '../actions/keys.ts';
import { buildState, builtAxis } from '../artifact/builds.ts';
import type { Look } from '../look.ts';
import { hintsOf } from '../place/plan.ts';
import type { Wish } from '../wish/wish.ts';
import { nextConditions, ownedAxes } from './conditions.ts';
import { sidesOf } from './sides.ts';

export interface Outcome {
  readonly wish: Wish;
  readonly decision: Decision;
  readonly observation: Observation | undefined;
  /** Numbers of releases that have just been forgotten. */
  readonly gone?: ReadonlySet<number>;
}

/** The status after this look. Undefined fields go; what is not named stays. */
export function nextStatus(look: Look, { wish, decision, observation, gone }: Outcome): Partial<DeploymentStatus> {
  const { status = {}, spec } = look.deployment;
  const { state } = decision;
  const history = state.history.filter(({ number }) => gone?.has(number) !== true);
  return {
    ...summaryFields(look, decision, [built(wish), synced(wish, observation)]),
    rollout: state.rollout,
    queued: state.queued,
    refusedRelease: state.refused,
    previous: state.previous,
    checks: state.checks && [...state.checks],
    hints: hintsFrom(hintsOf(spec), state),
    history: history.length === 0 ? undefined : history,
    pinned: spec.pin === undefined ? status.pinned : undefined,
    ...sidesOf(status, decision, observation),
    ...commits(wish, decision, status),
    build: wish.build !== undefined && buildState(wish.build) !== 'Succeeded' ? wish.build.metadata.name : undefined,
    lastRelease: lastNumber(look, wish, status),
    handOver: wish.handOver ?? status.handOver,
  };
}

function summaryFields(
  { deployment: { status = {}, metadata }, now }: Look,
  { summary, axes, state }: Pick<Decision, 'summary' | 'axes' | 'state'>,
  more: readonly AxisChange[],
): Pick<DeploymentStatus, 'observedGeneration' | 'conditions' | 'state'> {
  const { generation = 0 } = metadata;
  // Who waits for his turn is known by what is said here: with another word he would wait behind all others.
  const refused = state.rollout === undefined && state.queued === undefined ? refusedAction(status) : [];
  const found = { summary, axes: [...axes, ...more, ...refused] };
  const conditions = nextConditions(status.conditions ?? [], found, { now, generation });
  return { observedGeneration: generation, conditions: [...conditions], state: stateOf(conditions) };
}

/** A command that failed after its release changes nothing, and would otherwise be seen only in a condition. */
function hintsFrom(hints: string[] = [], state: Decision['state']): string[] | undefined {
  const run = afterHook(state);
  const all =
    run?.result === 'Failed' ? [...hints, `Release ${state.live}: ${afterFailureMessage(run)}`.slice(0, 1024)] : hints;
  return all.length === 0 ? undefined : all;
}

function lastNumber({ releases }: Look, { wanted }: Wish, { lastRelease = 0 }: DeploymentStatus): number | undefined {
  const last = Math.max(lastRelease, wanted?.number ?? 0, ...releases.map(({ number }) => number));
  return last > 0 ? last : undefined;
}

function commits(
  { observedCommit, hold }: Wish,
  { state }: Decision,
  status: DeploymentStatus,
): Pick<DeploymentStatus, 'observedCommit' | 'heldCommit'> {
  const newest = observedCommit ?? status.observedCommit;
  const live = state.history.find(({ number }) => number === state.live)?.commit;
  return { observedCommit: newest, heldCommit: hold !== undefined && newest !== live ? newest : undefined };
}

function built({ build }: Wish): AxisChange {
  return build === undefined ? { type: 'Built', gone: true } : builtAxis(build);
}

function synced({ unsynced }: Wish, observation: Observation | undefined): AxisChange {
  const finding = unsynced ?? observation?.entrance;
  if (finding === undefined) return { type: 'Synced', gone: true };
  return { type: 'Synced', status: 'False', ...finding };
}

/** Shown until the annotation goes or asks for something else. */
export function refusedAction({ actions = [] }: DeploymentStatus): AxisChange[] {
  const action = actions.find(({ refused, clearedAt }) => refused !== undefined && clearedAt === undefined);
  if (action === undefined) return [];
  const message = `${actionKeys[action.action]}: "${action.value}" was not done. ${action.refused}`;
  return [{ type: 'Progressing', status: 'False', reason: 'ActionRefused', message }];
}

/** While nothing may be asked of a place, the reason for that sums up. */
export function refusedStatus(look: Look, decision: Decision, summary: Finding): Partial<DeploymentStatus> {
  const isNew = new Set(['RolledBack']);
  // It keeps its turn, but could not begin: as long as it says that it waits, nobody behind it would.
  if (decision.state.queued !== undefined) isNew.add('Progressing');
  const axes: AxisChange[] = decision.axes.map((axis) => (isNew.has(axis.type) ? axis : kept(axis, look)));
  return nextStatus(look, { wish: {}, decision: { ...decision, summary, axes }, observation: undefined });
}

function kept(axis: AxisChange, { deployment }: Look): AxisChange {
  const isKnown = deployment.status?.conditions?.some(({ type }) => type === axis.type) === true;
  return isKnown ? { type: axis.type, keep: true } : axis;
}

/** What is being done or stands in the way; all else is as it was. */
export function toldStatus(look: Look, summary: Finding): Partial<DeploymentStatus> {
  return summarised(
    look,
    summary,
    ownedAxes.map((type) => ({ type, keep: true as const })),
  );
}

/** The summary where nobody asked the engine. */
export function summarised(
  { deployment: { status = {}, metadata }, now }: Look,
  summary: Finding,
  axes: readonly AxisChange[],
): Pick<DeploymentStatus, 'observedGeneration' | 'conditions' | 'state'> {
  const { generation = 0 } = metadata;
  const conditions = nextConditions(status.conditions ?? [], { summary, axes }, { now, generation });
  return { observedGeneration: generation, conditions: [...conditions], state: stateOf(conditions) };
}
