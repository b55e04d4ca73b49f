import { type Aim, aimOf } from './aim.ts';
import type { AxisChange } from './axes.ts';
import { availableAxis, progressingAxis, rolledBackAxis } from './axes.ts';
import { turnBack } from './back.ts';
import { matchReleases } from './history.ts';
import { judgeDeadline, judgeOutcome } from './judge.ts';
import { countProgress } from './progress.ts';
import { enterAdvance, followStrategy, passWait, pauseEnd } from './route.ts';
import type { Finding, Input, State, Step } from './state.ts';
import { summaryOf } from './summary.ts';
import { takeWanted } from './take.ts';
import { endWarm, judgeLive } from './warm.ts';

export interface Decision {
  readonly state: State;
  readonly aim: Aim;
  readonly summary: Finding;
  readonly axes: readonly AxisChange[];
  /** When to look again though nothing changes. */
  readonly lookAgainAt: Date | undefined;
}

const steps: readonly Step[] = [
  matchReleases,
  turnBack,
  endWarm,
  takeWanted,
  followStrategy,
  enterAdvance,
  passWait,
  countProgress,
  judgeLive,
  judgeOutcome,
  judgeDeadline,
  // A phase that has just begun has a deadline from its first moment.
  countWhenNew,
];

/**
 * From what was, what is wanted and what the place shows to what is to be done. Asked once before the place, to know what
 * to aim it at, and once with its observation. Asking again with the same changes nothing, so a crash at any point is
 * mended by asking again.
 */
export function decide(input: Input): Decision {
  const state = steps.reduce((result, step) => step(result, input), input.state);
  const summary = summaryOf(state, input);
  const axes = [availableAxis(state, input), progressingAxis(state, input), rolledBackAxis(state, input)];
  return {
    state,
    aim: aimOf(state, input),
    summary,
    axes,
    lookAgainAt: nextTime(state, input),
  };
}

/** The first of all times at which something changes by itself. */
function nextTime({ rollout, previous }: State, { strategy }: Input): Date | undefined {
  const known = [rollout?.deadline, previous?.warmUntil].filter((time) => time !== undefined);
  const times = known.map((time) => Date.parse(time));
  const pause = rollout && pauseEnd(rollout, strategy);
  if (pause !== undefined) times.push(pause.getTime());
  return times.length === 0 ? undefined : new Date(Math.min(...times));
}

function countWhenNew(state: State, input: Input): State {
  const { observation: _, ...unseen } = input;
  return state.rollout?.progressedAt === undefined ? countProgress(state, unseen) : state;
}
