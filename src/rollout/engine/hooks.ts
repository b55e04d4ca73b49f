import { wholeSeconds } from '../../crds/conditions/conditions.ts';
import type { HookStatus, ReleaseRecord } from '../../crds/deployment/status.ts';
import { changeRecord, recordOf, shorten } from './history.ts';
import { enter, enterLeg } from './route.ts';
import { type HookName, type HookReport, type HookRun, type Input, phases, type State } from './state.ts';

const fields = { before: 'beforeRelease', after: 'afterRelease' } as const;

/** Before this step nothing of the release runs; after it its command does, or replicas move. */
export function enterAdvance(state: State, input: Input): State {
  const { rollout } = state;
  if (rollout?.phase !== phases.preparing || input.prepared !== true || input.paused) return state;
  if (!mustRunBefore(state, rollout.release, input)) {
    return { ...state, rollout: enterLeg(rollout, rollout.step, input) };
  }
  const begun = begin(state, rollout.release, 'before', input);
  return { ...begun, rollout: enter(rollout, phases.runningHook, input.now) };
}

/** Its command before the release has passed, or is not wanted any more. What the place shows is of the aim before that. */
export function passHook(state: State, input: Input): State {
  const { rollout } = state;
  if (rollout?.phase !== phases.runningHook || input.paused || input.observation !== undefined) return state;
  if (mustRunBefore(state, rollout.release, input)) return state;
  return { ...state, rollout: enterLeg(rollout, rollout.step, input) };
}

/** What has passed once is done for ever; a way back to what served, or might have, runs nothing. */
export function mustRunBefore(state: State, number: number, { hooks }: Pick<Input, 'hooks'>): boolean {
  if (hooks?.beforeRelease === undefined) return false;
  const ran = recordOf(state, number)?.hooks?.before;
  return ran === undefined ? !isWayBack(state, number) : ran.result !== 'Passed';
}

/** The release has just got all traffic. */
export function beginAfter(state: State, number: number, input: Input): State {
  const isDue = input.hooks?.afterRelease !== undefined && recordOf(state, number)?.hooks?.after === undefined;
  return isDue && !isWayBack(state, number) ? begin(state, number, 'after', input) : state;
}

/** A person may also go to a newer one, such as one that was queued and never came to its turn: that is none. */
function isWayBack(state: State, number: number): boolean {
  const { live } = state;
  return live === undefined ? recordOf(state, number)?.cause === 'Rollback' : number < live;
}

function begin(state: State, number: number, hook: HookName, input: Input): State {
  const startedAt = wholeSeconds(input.now);
  return setHook(state, number, hook, { result: 'Running', startedAt, deadline: deadlineFrom(hook, input) });
}

function deadlineFrom(hook: HookName, { hooks, now }: Input): string {
  const { deadlineSeconds = 0 } = hooks?.[fields[hook]] ?? {};
  return wholeSeconds(new Date(now.getTime() + deadlineSeconds * 1000));
}

/** After a pause it has all of its time again: it may not have begun. The same try all the same, so that one that did goes on. */
export function resumeHook(state: State, input: Input): State {
  const { rollout } = state;
  const run = hookOfRollout(state);
  // While it is paused, the rollout has no deadline.
  if (rollout === undefined || rollout.deadline !== undefined || input.paused || run?.result !== 'Running')
    return state;
  return setHook(state, rollout.release, 'before', { ...run, deadline: deadlineFrom('before', input) });
}

function setHook(state: State, number: number, hook: HookName, status: HookStatus): State {
  return changeRecord(state, number, (old) => ({ ...old, hooks: { ...old.hooks, [hook]: status } }));
}

/** Takes in how commands ended, and closes the record of those that nobody waits for any more. */
export function followHooks(state: State, input: Input): State {
  const names: readonly HookName[] = ['before', 'after'];
  return state.history.reduce(
    (all, { number }) => names.reduce((known, hook) => followed(known, number, { hook, input }), all),
    state,
  );
}

function followed(state: State, number: number, { hook, input }: { hook: HookName; input: Input }): State {
  const run = recordOf(state, number)?.hooks?.[hook];
  if (run?.result !== 'Running') return state;
  const ending = endingOf(state, run, { number, hook, input });
  if (ending === undefined) return state;
  const { result, message } = ending;
  return setHook(state, number, hook, { ...run, result, message: shorten(message) });
}

interface Of {
  readonly number: number;
  readonly hook: HookName;
  readonly input: Input;
}

function endingOf(
  state: State,
  run: HookStatus,
  of: Of,
): (Pick<HookStatus, 'result'> & { message: string }) | undefined {
  const { number, hook, input } = of;
  if (!isAwaited(state, of)) return { result: 'Failed', message: 'It was ended: nobody waits for it any more.' };
  const report = reportOf(run, { number, hook, input });
  if (report === undefined) return undefined;
  if (report.outcome !== 'Running') return { result: report.outcome, message: report.message };
  // Only what is known to run still: its end may have been missed.
  if (input.paused || !isLate(run, input)) return undefined;
  const seconds = (Date.parse(run.deadline) - Date.parse(run.startedAt)) / 1000;
  return { result: 'Failed', message: `It had not ended after ${seconds} s. ${report.message}`.trim() };
}

function isLate({ deadline }: HookStatus, { now }: Pick<Input, 'now'>): boolean {
  return Date.parse(deadline) <= now.getTime();
}

function isAwaited({ rollout, live }: State, { number, hook, input }: Of): boolean {
  if (input.hooks?.[fields[hook]] === undefined) return false;
  return hook === 'after' ? live === number : rollout?.release === number && rollout.phase === phases.runningHook;
}

function reportOf({ startedAt }: HookStatus, { number, hook, input }: Of): HookReport | undefined {
  return input.hookReports?.find(
    ({ release, hook: name, attempt }) => release === number && name === hook && attempt === startedAt,
  );
}

/**
 * What is to run now. Only what stands in the record: a crash before that leaves no trace of a try. What nobody began in its time,
 * because we were away, is not begun after it: it would be ended at once, in the middle of what it does.
 */
export function hookRuns({ history }: State, { paused, now }: Pick<Input, 'paused' | 'now'>): HookRun[] {
  return history.flatMap(({ number: release, hooks = {} }) =>
    (['before', 'after'] as const).flatMap((hook) => {
      const run = hooks[hook];
      if (run?.result !== 'Running') return [];
      return [{ release, hook, attempt: run.startedAt, mayBegin: !paused && !isLate(run, { now }) }];
    }),
  );
}

/** When a command that runs beside a rollout is given up; that of the rollout itself is a deadline of its own. */
export function hookDeadlines(state: State, { paused }: Pick<Input, 'paused'>): string[] {
  const after = afterHook(state);
  return after?.result === 'Running' && !paused ? [after.deadline] : [];
}

/** The command that the rollout waits for. */
export function hookOfRollout(state: State): HookStatus | undefined {
  const { rollout } = state;
  return rollout?.phase === phases.runningHook ? recordOf(state, rollout.release)?.hooks?.before : undefined;
}

/** The last word of a command of the release that serves. */
export function afterHook(state: State): HookStatus | undefined {
  return recordOf(state, state.live)?.hooks?.after;
}

export function afterFailureMessage({ message = '' }: Pick<HookStatus, 'message'>): string {
  return `Its command after the release failed: ${message}`;
}

/** The failure that ends the rollout. */
export function failedBefore(state: State): ReleaseRecord['message'] {
  const run = hookOfRollout(state);
  return run?.result === 'Failed' ? `Its command before the release failed: ${run.message ?? ''}` : undefined;
}
