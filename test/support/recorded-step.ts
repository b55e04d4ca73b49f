import type { StepContext } from '../../src/images/steps/context.ts';
import type { Clock } from '../../src/seams/clock.ts';
import { systemClock } from '../../src/seams/system.ts';

/** What a step is given that nobody interrupts, and what it says. */
export function recordedStep(clock: Clock = systemClock): { context: StepContext; log: string[] } {
  const log: string[] = [];
  return { log, context: { clock, signal: new AbortController().signal, say: (line) => void log.push(line) } };
}
