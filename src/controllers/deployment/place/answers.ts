import type { Finding } from '../../../rollout/engine/state.ts';
import type { Observation, Scope, Step } from '../../../targets/target.ts';
import type { Look } from '../look.ts';
import { findingOf, retryAfterMs } from '../obstacle.ts';

/** What the place said in this look; gathered, because each call may refuse and the next is made all the same. */
export interface Answers {
  prepared?: boolean;
  observation?: Observation;
  refusal?: Finding;
  memory: unknown;
  lookAgainMs?: number;
}

/** Runs a call to the place; a refusal is noted, the first one counts. */
export async function said<T>(answers: Answers, call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    const finding = findingOf(error);
    if (finding === undefined) throw error;
    answers.refusal ??= finding;
    sooner(answers, retryAfterMs(finding));
    return undefined;
  }
}

export const unfinishedMs = 5000;

export function note(answers: Answers, { done, retryAfterMs: ms, memory }: Step): void {
  if (memory !== undefined) answers.memory = memory;
  if (ms !== undefined) sooner(answers, ms);
  else if (!done) sooner(answers, unfinishedMs);
}

export function sooner(answers: Answers, ms: number): void {
  answers.lookAgainMs = Math.min(ms, answers.lookAgainMs ?? ms);
}

export function scopeOf({ deployment, signal, log }: Look, { memory }: Answers): Scope {
  return { deployment, memory, signal, log };
}
