import type { Check } from '../../crds/check/check.ts';
import { wholeSeconds } from '../../crds/conditions/conditions.ts';
import type { CheckStatus } from '../../crds/deployment/status.ts';
import { counted, judge, noMeasurements, type Tally, type Verdict } from './judge.ts';

/** A measurement that is due, or will be. */
export interface Run {
  readonly name: string;
  readonly release: number;
  /** Step of the strategy that asks for it; undefined for one in the background. */
  readonly step: number | undefined;
  /** Also tells measurements of one run apart, so that none counts twice. */
  readonly due: string;
}

export interface Measurement {
  readonly run: Run;
  readonly verdict: Verdict;
  readonly value?: string | undefined;
  /** As it was asked, without credentials. */
  readonly query?: string | undefined;
  /** One sentence for people. */
  readonly message: string;
  readonly at: Date;
}

const fewestWhileWaiting = 60;
const longest = { value: 256, query: 4096, message: 1024 } as const;

export function beginRun(check: Check, { release, step }: Pick<Run, 'release' | 'step'>, now: Date): CheckStatus {
  const nextAt = wholeSeconds(new Date(now.getTime() + check.initialDelaySeconds * 1000));
  return { name: check.name, release, ...(step === undefined ? {} : { step }), result: 'Running', nextAt };
}

/** The run with one more measurement; one that is of another run, or was counted already, changes nothing. */
export function fold(
  run: CheckStatus,
  check: Check,
  measurement: Measurement | undefined,
  bearsSilence: boolean,
): CheckStatus {
  if (measurement === undefined || !isOf(run, measurement.run)) return run;
  const { verdict, at, value = run.value, query = run.query, message } = measurement;
  const sort = run.step === undefined ? 'Background' : 'Once';
  const before = tallyOf(run);
  const tally = verdict === 'NoData' && bearsSilence ? before : counted(before, verdict, check, sort);
  const result = judge(tally, check, sort);
  const { nextAt: _due, deadline: _late, ...rest } = run;
  return {
    ...rest,
    result,
    ...tally,
    ...(value === undefined ? {} : { value: shorten(value, longest.value) }),
    ...(query === undefined ? {} : { query: shorten(query, longest.query) }),
    measuredAt: wholeSeconds(at),
    message: shorten(message, longest.message),
    ...(result === 'Passed' || result === 'Failed' ? {} : { nextAt: after(at, secondsTo(result, check)) }),
  };
}

/** The same run, but never due later than it can have been set: the clock went back since. */
export function soonDue(run: CheckStatus, check: Check, now: Date): CheckStatus {
  const longestWait = Math.max(check.initialDelaySeconds, secondsTo(run.result, check));
  const latest = after(now, longestWait);
  return run.nextAt !== undefined && Date.parse(run.nextAt) > Date.parse(latest) ? { ...run, nextAt: latest } : run;
}

/** Nobody waits for its end any more. */
export function closeRun(run: CheckStatus, hasPassed: boolean): CheckStatus {
  if (run.nextAt === undefined) return run;
  const { nextAt: _due, deadline: _late, ...rest } = run;
  return hasPassed ? { ...rest, result: 'Passed' } : { ...rest, result: 'Inconclusive' };
}

function isOf({ name, release, step, nextAt }: CheckStatus, run: Run): boolean {
  return name === run.name && release === run.release && step === run.step && nextAt === run.due;
}

function tallyOf({ measurements, failures, noData }: CheckStatus): Tally {
  return {
    measurements: measurements ?? noMeasurements.measurements,
    failures: failures ?? noMeasurements.failures,
    noData: noData ?? noMeasurements.noData,
  };
}

/** While it waits for a person, who may take days, each measurement is still a write. */
function secondsTo(result: CheckStatus['result'], { intervalSeconds }: Check): number {
  return result === 'Inconclusive' ? Math.max(intervalSeconds, fewestWhileWaiting) : intervalSeconds;
}

/** Never sooner than asked for, so that one after the other has a time of its own. */
function after(date: Date, seconds: number): string {
  return wholeSeconds(new Date(Math.ceil(date.getTime() / 1000 + seconds) * 1000));
}

function shorten(text: string, max: number): string {
  const points = Array.from(text);
  return points.length <= max ? text : `${points.slice(0, max - 1).join('')}…`;
}
