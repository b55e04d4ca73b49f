import type { CanaryStep } from '../../crds/strategy/steps.ts';
import { blueGreen, type Strategy } from '../../crds/strategy/strategy.ts';

/** What of the strategy a rollout goes by. */
export type Plan = Pick<Strategy, 'type' | 'blueGreen' | 'canary'>;

/** Traffic and size of the release that comes. */
export interface Goal {
  /** Percent. */
  readonly weight: number;
  /** Replicas; `Share` is what the weight needs. */
  readonly size: number | 'Full' | 'Share';
}

/** One part of the way of a release. */
export interface Leg {
  /** What ends it: the place has reached the goal, time, a person. */
  readonly waits: 'Machine' | 'Time' | 'Person';
  /** Of the pause, or until which a person has to decide. */
  readonly seconds?: number | undefined;
  /** Absent where traffic goes with the replicas. */
  readonly goal?: Goal;
}

export const allTraffic: Goal = { weight: 100, size: 'Full' };
const replicaByReplica: readonly Leg[] = [{ waits: 'Machine' }];
const defaultBlueGreen = blueGreen.parse({});

/** The whole way of a release by this strategy. Its last leg ends with the release live. */
export function legsOf(plan: Plan): readonly Leg[] {
  if (plan.type === 'BlueGreen') return blueGreenLegs(plan);
  if (plan.type === 'Canary') return canaryLegs(plan.canary?.steps ?? []);
  return replicaByReplica;
}

/** How the release before is kept; undefined where it is not. */
export function previousOf({ type, blueGreen: settings = defaultBlueGreen, canary }: Plan) {
  if (type === 'BlueGreen') return settings.previous;
  return type === 'Canary' ? canary?.previous : undefined;
}

function blueGreenLegs({ blueGreen: settings = defaultBlueGreen }: Plan): Leg[] {
  const { promotion, approvalDeadlineSeconds: seconds, previewReplicas } = settings;
  const goal: Goal = { weight: 0, size: previewReplicas ?? 'Full' };
  const decision: Leg[] = promotion === 'Manual' ? [{ waits: 'Person', seconds, goal }] : [];
  return [{ waits: 'Machine', goal }, ...decision, { waits: 'Machine', goal: allTraffic }];
}

function canaryLegs(steps: readonly CanaryStep[]): Leg[] {
  const legs: Leg[] = [];
  let goal: Goal = { weight: 0, size: 'Share' };
  for (const step of steps) {
    goal = goalAfter(goal, step);
    legs.push({ ...waitOf(step), goal });
  }
  return [...legs, { waits: 'Machine', goal: allTraffic }];
}

function goalAfter(goal: Goal, { weight, replicas }: CanaryStep): Goal {
  return { weight: weight ?? goal.weight, size: replicas ?? goal.size };
}

function waitOf({ pauseSeconds, approval }: CanaryStep): Pick<Leg, 'waits' | 'seconds'> {
  if (pauseSeconds !== undefined) return { waits: 'Time', seconds: pauseSeconds };
  return approval === undefined ? { waits: 'Machine' } : { waits: 'Person', seconds: approval.deadlineSeconds };
}
