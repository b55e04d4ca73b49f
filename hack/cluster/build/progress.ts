import type { Timer } from '../../../src/seams/clock.ts';
import { systemClock } from '../../../src/seams/system.ts';
import type { Reporter } from '../driver.ts';

export interface BuildTask {
  readonly at: number;
  readonly of: number;
  readonly name: string;
  /** Monotonic time when the first build of this run began. */
  readonly began: number;
}

/** `[3 of 9] containerd: built in 49 s`. */
export function buildLine(task: BuildTask, word: string, elapsedMs: number): string {
  return `[${task.at} of ${task.of}] ${task.name}: ${word} in ${seconds(elapsedMs)}`;
}

/** `[3 of 9] containerd: building, 12 s (total 4 min 10 s)`. */
export function buildingLine(task: BuildTask, elapsedMs: number, totalMs: number): string {
  return `[${task.at} of ${task.of}] ${task.name}: building, ${seconds(elapsedMs)} (total ${seconds(totalMs)})`;
}

export function seconds(ms: number): string {
  const whole = Math.round(ms / 1000);
  return whole < 100 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

const heartbeatMs = 1000;
/** Without a terminal a line stays, so it comes less often. */
const plainEvery = 30;

/** Shows every second, or every half minute without a terminal, that a long build is alive. */
export async function withHeartbeat<T>(report: Reporter, task: BuildTask, work: () => Promise<T>): Promise<T> {
  const started = systemClock.monotonic();
  let beats = 0;
  let timer: Timer;
  const beat = () => {
    const now = systemClock.monotonic();
    const line = buildingLine(task, now - started, now - task.began);
    report.progress(line);
    if (!report.terminal && ++beats % plainEvery === 0) report.say(line);
    timer = systemClock.setTimeout(beat, heartbeatMs);
  };
  timer = systemClock.setTimeout(beat, heartbeatMs);
  try {
    return await work();
  } finally {
    systemClock.clearTimeout(timer);
  }
}
