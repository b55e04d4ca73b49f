import type { CanaryStep } from '../../crds/strategy/steps.ts';
import { blueGreen, type Strategy } from '../../crds/strategy/strategy.ts';

/** What of the strategy a rollout goes by. */
export type Plan = Pick<Strategy, 'type' | 'rolling' | 'blueGreen' | 'canary'>;

/** Traffic and size of the release that comes. */
export interface Goal {
  /** Percent. */
  readonly weight: number;
  /** Replicas; `Share` is what the weight needs. */
  readonly size: number | 'Full' | 'Share';
  /** Requests with all of them go to it, whatever the weight. */
  readonly headers?: CanaryStep['headers'];
  /** Percent of the requests that it gets a copy of. */
  readonly mirrorPercent?: CanaryStep['mirrorPercent'];
}

/** One part of the way of a release. */
export interface Leg {
  /** What ends it: the place has reached the goal, time, a person, results. */
  readonly waits: 'Machine' | 'Time' | 'Person' | 'Checks';
  /** Names of the checks whose results it waits for. */
  readonly checks?: readonly string[];
  /** Of the pause, or until which a person has to decide. */
  readonly seconds?: number | undefined;
  /** Absent where traffic goes with the replicas. */
  readonly goal?: Goal;
}

export const allTraffic: Goal = { weight: 100, size: 'Full' };
const defaultBlueGreen = blueGreen.parse({});

/** The whole way of a release by this strategy. Its last leg ends with the release live. */
export function legsOf(plan: Plan): readonly Leg[] {
  if (plan.type === 'BlueGreen') return blueGreenLegs(plan);
  if (plan.type === 'Canary') return canaryLegs(plan);
  return rollingLegs(plan);
}

/** Checks that measure beside the steps. */
export function backgroundOf({ type, blueGreen: green, canary }: Plan): readonly string[] {
  if (type === 'BlueGreen') return green?.background ?? [];
  return type === 'Canary' ? (canary?.background ?? []) : [];
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
  const between = [...checking(settings.before, goal), ...decision];
  // With nothing to wait for between its replicas and its traffic, both are one goal: the gate lets traffic follow.
  const first: Leg[] = between.length === 0 ? [] : [{ waits: 'Machine', goal }, ...between];
  return [...first, ...ending(settings.background, settings.after)];
}

/**
 * What ran in the background has to pass once with all traffic. The last leg is where a release begins that has nothing to
 * prove: behind checks it moves nothing more.
 */
function ending(background: readonly string[] = [], after: readonly string[] = []): Leg[] {
  const full: Leg = { waits: 'Machine', goal: allTraffic };
  const checks = checking([...new Set([...after, ...background])], allTraffic);
  return checks.length === 0 ? [full] : [full, ...checks, full];
}

function rollingLegs({ type, rolling }: Plan): Leg[] {
  const checks = type === 'Rolling' ? checking(rolling?.checks) : [];
  return checks.length === 0 ? [{ waits: 'Machine' }] : [{ waits: 'Machine' }, ...checks, { waits: 'Machine' }];
}

function checking(checks: readonly string[] = [], goal?: Goal): Leg[] {
  return checks.length === 0 ? [] : [{ waits: 'Checks', checks, ...(goal === undefined ? {} : { goal }) }];
}

function canaryLegs({ canary }: Plan): Leg[] {
  const legs: Leg[] = [];
  let goal: Goal = { weight: 0, size: 'Share' };
  for (const step of canary?.steps ?? []) {
    goal = goalAfter(goal, step);
    legs.push({ ...waitOf(step), goal });
  }
  return [...legs, ...ending(canary?.background)];
}

function goalAfter(goal: Goal, { weight, replicas, headers, mirrorPercent }: CanaryStep): Goal {
  const beside = {
    headers: headers ?? goal.headers,
    mirrorPercent: mirrorPercent ?? goal.mirrorPercent,
  };
  return { weight: weight ?? goal.weight, size: replicas ?? goal.size, ...beside };
}

function waitOf({ pauseSeconds, approval, checks }: CanaryStep): Omit<Leg, 'goal'> {
  if (checks !== undefined) return { waits: 'Checks', checks };
  if (pauseSeconds !== undefined) return { waits: 'Time', seconds: pauseSeconds };
  return approval === undefined ? { waits: 'Machine' } : { waits: 'Person', seconds: approval.deadlineSeconds };
}
