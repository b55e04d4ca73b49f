import { wholeSeconds } from '../../crds/conditions/conditions.ts';
import type { RolloutStatus } from '../../crds/deployment/status.ts';
import { type Leg, legsOf, type Plan } from './legs.ts';
import { type Input, phases, type State } from './state.ts';

const phaseOf = {
  Machine: phases.advancing,
  Time: phases.pausing,
  Person: phases.awaitingApproval,
  Checks: phases.checking,
} as const;

/** The same rollout in another phase: its time counts from now. */
export function enter(rollout: RolloutStatus, phase: string, now: Date): RolloutStatus {
  const { seen: _seen, progressedAt: _progressed, deadline: _deadline, ...rest } = rollout;
  return { ...rest, phase, phaseStartedAt: wholeSeconds(now) };
}

/** The same rollout at another of its legs. A decision that came early holds until it is asked for. */
export function enterLeg(rollout: RolloutStatus, step: number, { strategy, now }: { strategy: Plan; now: Date }) {
  const { waits } = legAt(strategy, step);
  const { approved, ...rest } = enter(rollout, phaseOf[waits], now);
  // Before its start nobody was asked yet, whatever its first leg waits for.
  const isSpent = !isBeforeStart(rollout) && legAt(strategy, rollout.step).waits === 'Person';
  const kept = approved === true && !isSpent ? { approved } : {};
  return { ...rest, ...kept, ...stepFields(strategy, step) };
}

export function legAt(strategy: Plan, step: number): Leg {
  const legs = legsOf(strategy);
  return legs[step] ?? (legs.at(-1) as Leg);
}

/** Number, count, and both for people. */
export function stepFields(strategy: Plan, step: number): Pick<RolloutStatus, 'step' | 'steps' | 'progress'> {
  const steps = legsOf(strategy).length;
  return { step, steps, progress: `${step}/${steps}` };
}

/**
 * Where a release begins. One that is still warm, one that a person went back to, and the very first one have nothing to
 * prove: they go straight to all traffic, through the same gate.
 */
export function firstStep({ live, previous }: State, release: number, { strategy, cause }: Input): number {
  const isProven = live === undefined || previous?.release === release || cause === 'Rollback';
  return isProven ? legsOf(strategy).length - 1 : 0;
}

/**
 * Another strategy, or one with another number of steps, begins at its own first leg. A step that waits for something else
 * than before begins anew: the time of the old wait is none of the new one, and a decision was about the old one.
 */
export function followStrategy(state: State, input: Input): State {
  const { rollout } = state;
  const { strategy } = input;
  if (rollout === undefined) return state;
  const hasItsLegs = rollout.strategy === strategy.type && rollout.steps === legsOf(strategy).length;
  const moves = isOnItsWay(rollout);
  if (hasItsLegs && (!moves || waitsFor(rollout, legAt(strategy, rollout.step)))) return state;
  const step = hasItsLegs ? rollout.step : firstStep(state, rollout.release, input);
  const { approved: _, ...undecided } = rollout;
  const moved = moves ? enterLeg(undecided, step, input) : { ...undecided, ...stepFields(strategy, step) };
  return { ...state, rollout: { ...moved, strategy: strategy.type }, ...(moves && { checks: undefined }) };
}

/** While data are missing, the machine is waited for all the same. */
function waitsFor({ phase }: RolloutStatus, { waits }: Leg): boolean {
  return phase === phaseOf[waits] || (waits === 'Machine' && phase === phases.awaitingData);
}

/** Its legs count: it is neither before its start nor on its way back. */
export function isOnItsWay({ phase, aborting }: RolloutStatus): boolean {
  return !isBeforeStart({ phase }) && aborting !== true;
}

/** None of its replicas may run yet: the place has not accepted it, or its command has not passed. */
export function isBeforeStart({ phase }: Pick<RolloutStatus, 'phase'>): boolean {
  return phase === phases.preparing || phase === phases.runningHook;
}

/** When the pause that it is in ends; undefined when it is in none, or its time does not run. */
export function pauseEnd(rollout: RolloutStatus, strategy: Plan): Date | undefined {
  const { waits, seconds = 0 } = legAt(strategy, rollout.step);
  if (waits !== 'Time' || !isOnItsWay(rollout) || rollout.progressedAt === undefined) return undefined;
  return new Date(Date.parse(rollout.progressedAt) + seconds * 1000);
}
