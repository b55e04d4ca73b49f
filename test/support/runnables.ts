import { Manager, type ManagerOptions } from '../../src/kube/manager/manager.ts';
import type { Runnable } from '../../src/kube/manager/runnable.ts';
import { sleep } from '../../src/seams/clock.ts';
import { ManualClock } from '../../src/seams/manual-clock.ts';
import { recordingLogger } from './recording-logger.ts';

interface RunnableOptions {
  needsLeadership?: boolean;
  /** How long it takes to be ready. */
  readyMs?: number;
  /** How long it takes to end after it was told to. */
  endMs?: number;
}

/** A manager whose runnables write down when they start, are ready, stop and end. */
export function aManager(options: Partial<ManagerOptions> = {}) {
  const clock = new ManualClock();
  const logger = recordingLogger();
  const diary: string[] = [];
  const manager = new Manager({ clock, logger, ...options });
  const runnable = (name: string, { needsLeadership = false, readyMs, endMs = 0 }: RunnableOptions = {}): Runnable => ({
    name,
    needsLeadership,
    async start(signal) {
      diary.push(`${name} starts`);
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      diary.push(`${name} stops`);
      if (endMs > 0) await sleep(clock, endMs);
      diary.push(`${name} ended`);
    },
    ...(readyMs === undefined
      ? {}
      : {
          async ready(signal: AbortSignal) {
            await sleep(clock, readyMs, signal);
            diary.push(`${name} ready`);
          },
        }),
  });
  return { clock, logger, diary, manager, runnable };
}
