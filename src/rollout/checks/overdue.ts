import type { Check } from '../../crds/check/check.ts';
import { wholeSeconds } from '../../crds/conditions/conditions.ts';
import type { CheckStatus } from '../../crds/deployment/status.ts';
import { fold } from './run.ts';

/** Beyond the time of one measurement: for a place among others, and for what asks to come to its own end. */
const graceSeconds = 60;

/**
 * Who measures may hang, and then nothing would ever end the phase that waits for it. A measurement that does not come is one
 * without data: what that means is the check's to say, and the next one is begun anew. Nobody may have looked since it was
 * due, so its time counts from the first look that misses it.
 */
export function giveUpOverdue(run: CheckStatus, check: Check, bearsSilence: boolean, now: Date): CheckStatus {
  const { deadline, ...rest } = run;
  if (run.nextAt === undefined || Date.parse(run.nextAt) + allowedMs(check) > now.getTime()) return rest;
  const latest = now.getTime() + allowedMs(check);
  // Later than that only by a clock that went back.
  if (deadline === undefined || Date.parse(deadline) > latest) {
    return { ...rest, deadline: wholeSeconds(new Date(latest)) };
  }
  if (Date.parse(deadline) > now.getTime()) return run;
  const { name, release, step, nextAt: due } = run;
  const message = `It did not end within ${check.timeoutSeconds} s.`;
  return fold(rest, check, { run: { name, release, step, due }, verdict: 'NoData', message, at: now }, bearsSilence);
}

/** When something has to be done about its measurement: it is due, it is missed, or it is given up. */
export function nextTurn({ nextAt, deadline }: CheckStatus, check: Check, now: Date): number | undefined {
  if (nextAt === undefined) return undefined;
  const due = Date.parse(nextAt);
  const turns = [due, due + allowedMs(check), ...(deadline === undefined ? [] : [Date.parse(deadline)])];
  return turns.find((turn) => turn > now.getTime());
}

function allowedMs({ timeoutSeconds }: Check): number {
  return (timeoutSeconds + graceSeconds) * 1000;
}
