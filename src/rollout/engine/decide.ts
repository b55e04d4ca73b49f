import type { Run } from '../checks/run.ts';
import { type Aim, aimOf } from './aim.ts';
import type { AxisChange } from './axes.ts';
import { availableAxis, progressingAxis, rolledBackAxis } from './axes.ts';
import { turnBack } from './back.ts';
import { followChecks, heldUp, nextTurns, runsOf } from './checks.ts';
import { matchReleases } from './history.ts';
import { enterAdvance, followHooks, hookDeadlines, hookRuns, passHook, resumeHook } from './hooks.ts';
import { judgeChecks, judgeDeadline, judgeHook, judgeOutcome } from './judge.ts';
import { countProgress } from './progress.ts';
import { followStrategy, pauseEnd } from './route.ts';
import type { Finding, HookRun, Input, State, Step } from './state.ts';
import { summaryOf } from './summary.ts';
import { takeWanted } from './take.ts';
import { verifiedAxis } from './verified.ts';
import { passWait } from './wait.ts';
import { endWarm, judgeLive } from './warm.ts';

export interface Decision {
  readonly state: State;
  readonly aim: Aim;
  /** What is to be measured for its checks. */
  readonly runs: readonly Run[];
  /** Commands that are to run; all others are to end. Only what was written down before may be begun. */
  readonly hooks: readonly HookRun[];
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
  resumeHook,
  followHooks,
  passHook,
  judgeHook,
  enterAdvance,
  followChecks,
  judgeChecks,
  passWait,
  countProgress,
  judgeLive,
  judgeOutcome,
  judgeDeadline,
  // Of the step that has just begun.
  followChecks,
  // Of what serves or comes no more.
  followHooks,
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
  const axes = [availableAxis, progressingAxis, verifiedAxis, rolledBackAxis].map((axis) => axis(state, input));
  return {
    state,
    aim: aimOf(state, input),
    runs: runsOf(state, input),
    hooks: hookRuns(state, input),
    summary,
    axes,
    lookAgainAt: nextTime(state, input),
  };
}

/** A place that gives no answer is not given up, and keeps what is due waiting. */
const unansweredMs = 5000;

/** The first of all times at which something changes by itself. */
function nextTime(state: State, input: Input): Date | undefined {
  const { rollout, previous } = state;
  const known = [rollout?.deadline, previous?.warmUntil, ...hookDeadlines(state, input)].filter(
    (time) => time !== undefined,
  );
  const now = input.now.getTime();
  const times = known.map((time) => Date.parse(time)).map((ms) => (ms > now ? ms : now + unansweredMs));
  // A pause that is held up beyond its end is ended by something that happens.
  const pause = heldUp(state, input) === undefined ? rollout && pauseEnd(rollout, input.strategy) : undefined;
  times.push(...nextTurns(state, input));
  if (pause !== undefined) times.push(pause.getTime());
  return times.length === 0 ? undefined : new Date(Math.min(...times));
}

function countWhenNew(state: State, input: Input): State {
  const { observation: _, ...unseen } = input;
  return state.rollout?.progressedAt === undefined ? countProgress(state, unseen) : state;
}
