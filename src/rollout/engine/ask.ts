import { leaveLive, startBack } from './back.ts';
import { acceptSilence } from './checks.ts';
import { type Leg, legsOf, type Plan } from './legs.ts';
import { enterLeg, isBeforeStart, legAt, stepFields } from './route.ts';
import type { Input, KnownRelease, State } from './state.ts';

/** What an annotation is bound to: `5`, `5/2` (its step 2) or `5/full`. */
export interface Ask {
  readonly release: number;
  readonly step?: number | 'full' | undefined;
}

/** What is known when somebody asks. */
export interface Context extends Pick<Input, 'now'> {
  readonly strategy: Plan;
  readonly releases: readonly Pick<KnownRelease, 'number' | 'hash'>[];
}

export type Answer = { readonly state: State } | { readonly refused: string };

const written = /^([1-9]\d{0,14})(?:\/(full|\d{1,2}))?$/u;

export function askOf(value: string): Ask | undefined {
  const [, release, step] = written.exec(value) ?? [];
  if (release === undefined) return undefined;
  return { release: Number(release), step: step === undefined || step === 'full' ? step : Number(step) };
}

/** A person says yes: to the decision that the release waits for or will wait for, or to all of it. */
export function promote(state: State, ask: Ask, { strategy, ...context }: Context): Answer {
  const rollout = comingOf(state, ask);
  if ('refused' in rollout) return rollout;
  const legs = legsOf(strategy);
  const accepted = acceptSilence(state);
  if (ask.step === 'full') return goTo(accepted ?? state, rollout, legs.length - 1, { strategy, ...context });
  // Missing data are no decision: one that comes later is asked for when it is time.
  if (accepted !== undefined && legs[rollout.step]?.waits !== 'Person') return { state: accepted };
  // Who names a step means that one: a decision that comes later is another one.
  if (typeof ask.step === 'number' && legs[ask.step]?.waits !== 'Person') return refuse(asksNobody(ask));
  if (!legs.slice(rollout.step).some(({ waits }) => waits === 'Person')) return refuse(noDecision(ask, legs));
  return { state: { ...(accepted ?? state), rollout: { ...rollout, approved: true } } };
}

/** The step that it is at ends here. What comes next is still asked for in full, through the same gate. */
export function skip(state: State, ask: Ask, context: Context): Answer {
  const rollout = comingOf(state, ask);
  if ('refused' in rollout) return rollout;
  const { strategy } = context;
  const { release, step } = rollout;
  if (ask.step === 'full') return refuse(`Use vish.dev/promote: "${release}/full" for all steps.`);
  if (step >= legsOf(strategy).length - 1) return refuse('Its last step is all there is left: it cannot be skipped.');
  if (legAt(strategy, step).waits === 'Person') {
    return refuse(`A decision is not skipped: use vish.dev/promote: "${release}/${step}".`);
  }
  return goTo(state, rollout, step + 1, context);
}

/** Takes a release back that is on its way, or that is live while the one before it is still there. */
export function abort(state: State, ask: Ask, context: Context): Answer {
  const { rollout, live, previous } = state;
  const cause = { ...context, finding: { reason: 'Aborted', message: 'A person aborted it.' } } as const;
  if (ask.step !== undefined) return refuse(`Use the number alone: vish.dev/abort: "${ask.release}".`);
  if (rollout === undefined && ask.release === live) {
    if (previous !== undefined) return { state: leaveLive(state, live, cause) };
    return refuse(`Release ${live} is live, and the one before it is not kept any more: use vish.dev/rollback.`);
  }
  const coming = comingOf(state, ask);
  if ('refused' in coming) return coming;
  if (live === undefined) return refuse('There is no release before it to go back to.');
  return { state: startBack(state, coming, cause) };
}

type Rollout = NonNullable<State['rollout']>;

function comingOf({ rollout }: State, { release, step }: Ask): Rollout | { refused: string } {
  if (rollout === undefined) return refuse(`Release ${release} is not on its way.`);
  if (rollout.release !== release) return refuse(`Release ${rollout.release} is on its way, not ${release}.`);
  if (rollout.aborting === true) return refuse(`Release ${release} is on its way back already.`);
  if (typeof step === 'number' && step !== rollout.step)
    return refuse(`Release ${release} is at step ${rollout.step}.`);
  return rollout;
}

function goTo(state: State, rollout: Rollout, step: number, context: Context): Answer {
  const { strategy } = context;
  const moved = isBeforeStart(rollout)
    ? { ...rollout, ...stepFields(strategy, step) }
    : enterLeg(rollout, step, context);
  return { state: { ...state, rollout: moved } };
}

function asksNobody({ release, step }: Ask): string {
  return `Step ${step} of release ${release} asks nobody: vish.dev/promote: "${release}" says yes to the next decision.`;
}

function noDecision({ release }: Ask, legs: readonly Leg[]): string {
  if (legs.length === 1) return 'This strategy has no step that waits for a person; vish.dev/abort goes back.';
  return `No step that is left waits for a person: vish.dev/promote: "${release}/full" gives it all traffic.`;
}

function refuse(refused: string): { refused: string } {
  return { refused };
}
