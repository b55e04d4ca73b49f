import type { Check } from '../../crds/check/check.ts';
import type { CheckStatus, RolloutStatus } from '../../crds/deployment/status.ts';
import { giveUpOverdue, nextTurn } from '../checks/overdue.ts';
import { beginRun, closeRun, fold, type Run, soonDue } from '../checks/run.ts';
import { backgroundOf, legsOf, type Plan } from './legs.ts';
import { isOnItsWay, legAt } from './route.ts';
import type { Finding, Input, State } from './state.ts';

/** A check that the rollout asks for where it is now. */
interface Asked {
  readonly name: string;
  /** Undefined in the background. */
  readonly step: number | undefined;
  /** No data means nothing where there is no traffic yet. */
  readonly bearsSilence: boolean;
}

/** With what is known of it: nothing of one whose definition was taken away. */
interface Current {
  readonly asked: Asked;
  readonly check: Check | undefined;
  readonly run: CheckStatus | undefined;
}

const mostShown = 64;

/** Begins the runs that the rollout asks for, counts what was measured, and ends the runs that nobody waits for. */
export function followChecks(state: State, input: Input): State {
  const { rollout, checks: before = [] } = state;
  if (rollout !== undefined && input.paused) return withoutDeadlines(state);
  const runs = currentChecks(state, input).flatMap((each) => measured(each, rollout, input));
  const names = new Set(runs.map(({ name }) => name));
  const past = before.filter(({ name }) => !names.has(name)).map((run) => closeRun(run, hasPassed(run, state)));
  if (runs.length + past.length === 0) return state;
  const checks = [...runs, ...past].slice(0, mostShown).sort((a, b) => (a.name < b.name ? -1 : 1));
  return { ...state, checks };
}

/** What is to be measured, now or later. */
export function runsOf(state: State, input: Input): Run[] {
  if (input.paused) return [];
  return currentChecks(state, input).flatMap(({ check, run }) => {
    if (check === undefined || run?.nextAt === undefined) return [];
    return [{ name: run.name, release: run.release, step: run.step, due: run.nextAt }];
  });
}

/** The first time at which one of them changes, though nothing is measured. */
export function nextTurns(state: State, input: Input): number[] {
  if (input.paused) return [];
  return currentChecks(state, input).flatMap(({ check, run }) => {
    if (check === undefined || run === undefined) return [];
    return nextTurn(run, check, input.now) ?? [];
  });
}

/** The failure of a check that counts. */
export function failedCheck(state: State, input: Input): Finding | undefined {
  const failed = currentChecks(state, input).find(({ check, run }) => run?.result === 'Failed' && !isDry(check));
  if (failed?.run === undefined) return undefined;
  const { name, message = '', failures = 0, measurements = 0 } = failed.run;
  const counts = failures === 0 ? '' : ` (${failures} of ${measurements} measurements failed)`;
  return { reason: 'CheckFailed', message: `Check "${name}" failed${counts}: ${message}` };
}

/** Why the rollout goes no further though nothing failed: a check that cannot be asked, or that has no data. */
export function heldUp(state: State, input: Input): Finding | undefined {
  const current = currentChecks(state, input);
  const lost = current.find(({ check }) => check === undefined);
  if (lost !== undefined) return { reason: 'CheckNotFound', message: lostMessage(lost.asked.name) };
  const silent = current.find(({ check, run }) => run?.result === 'Inconclusive' && !isDry(check));
  if (silent?.run === undefined || state.rollout === undefined) return undefined;
  const { release, step } = state.rollout;
  const choice = `Set vish.dev/promote: "${release}/${step}" to go on without it, or vish.dev/abort: "${release}" to go back.`;
  return { reason: 'AwaitingData', message: `Check "${silent.run.name}" has no data: ${silent.run.message} ${choice}` };
}

export function lostMessage(name: string): string {
  return `The strategy names the check "${name}", and there is none that can be measured: define it in spec.checks or in the Project.`;
}

/** Every check of the step has come to its result; one that only shows counts with any. */
export function isChecked(state: State, input: Input): boolean {
  const ofStep = currentChecks(state, input).filter(({ asked }) => asked.step !== undefined);
  return ofStep.every(({ check, run }) => run?.result === 'Passed' || (isDry(check) && hasResult(run)));
}

/** Nothing that counts was left before its end. */
export function isSettled({ checks = [] }: State, { checks: defined = [] }: Input): boolean {
  const check = (name: string) => defined.find((each) => each.name === name);
  return checks.every(({ name, result }) => result === 'Passed' || isDry(check(name)));
}

/** A person takes the missing data for a pass. */
export function acceptSilence(state: State): State | undefined {
  const { rollout, checks = [] } = state;
  const isSilent = ({ result, nextAt }: CheckStatus) => result === 'Inconclusive' && nextAt !== undefined;
  if (rollout === undefined || !checks.some(isSilent)) return undefined;
  return { ...state, checks: checks.map((run) => (isSilent(run) ? closeRun(run, true) : run)) };
}

function currentChecks({ rollout, checks = [] }: State, { strategy, checks: defined = [] }: Input): Current[] {
  if (rollout === undefined || !isOnItsWay(rollout)) return [];
  return askedAt(rollout, strategy).map((asked) => ({
    asked,
    check: defined.find(({ name }) => name === asked.name),
    run: checks.find((run) => run.name === asked.name && run.step === asked.step && run.release === rollout.release),
  }));
}

function askedAt({ step }: RolloutStatus, strategy: Plan): Asked[] {
  const legs = legsOf(strategy);
  const own = legAt(strategy, step).checks ?? [];
  const here = own.map((name) => ({ name, step, bearsSilence: false }));
  // Before the first step is done nothing of the release runs; the last one is only there to end it.
  if (step === 0 || step >= legs.length - 1) return here;
  const hasTraffic = legs.slice(0, step).some(({ goal }) => goal === undefined || goal.weight > 0);
  const behind = backgroundOf(strategy).filter((name) => !own.includes(name));
  return [...here, ...behind.map((name) => ({ name, step: undefined, bearsSilence: !hasTraffic }))];
}

function measured({ check, run, asked }: Current, rollout: RolloutStatus | undefined, input: Input): CheckStatus[] {
  if (check === undefined || rollout === undefined) return run === undefined ? [] : [run];
  const begun = run ?? beginRun(check, { release: rollout.release, step: asked.step }, input.now);
  const measurement = input.measurements?.find((each) => each.run.name === asked.name);
  const taken = fold(soonDue(begun, check, input.now), check, measurement, asked.bearsSilence);
  return [giveUpOverdue(taken, check, asked.bearsSilence, input.now)];
}

/** No time runs while it is paused: then nothing is measured. */
function withoutDeadlines(state: State): State {
  if (state.checks?.some(({ deadline }) => deadline !== undefined) !== true) return state;
  return { ...state, checks: state.checks.map(({ deadline: _late, ...run }) => run) };
}

/** In the background a check has passed when the rollout came to its end. */
function hasPassed({ step, release, result }: CheckStatus, { rollout, live }: State): boolean {
  if (step !== undefined || result === 'Inconclusive') return false;
  return rollout === undefined ? release === live : isOnItsWay(rollout);
}

function hasResult(run: CheckStatus | undefined): boolean {
  return run?.result === 'Failed' || run?.result === 'Inconclusive';
}

function isDry(check: Check | undefined): boolean {
  return check?.dryRun === true;
}
