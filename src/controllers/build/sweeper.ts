import { eachOf } from '../../images/driver/job/build-namespaces.ts';
import type { Logger, Runnable } from '../../kube/index.ts';
import { type Clock, sleep } from '../../seams/clock.ts';
import { type SweepParts, sweep } from './sweep.ts';

interface SweeperParts extends SweepParts {
  readonly clock: Clock;
  readonly log: Logger;
}

const everyMs = 10 * 60_000;
const nothing = () => undefined;

/**
 * Sweeps at the start, when a Project goes, and from time to time: whoever deleted a Build or a Project may have done so
 * while the operator was away.
 */
export function createSweeper(parts: SweeperParts): Runnable {
  const { clock, log, builds, projects, seen } = parts;
  let rest = new AbortController();
  projects.addHandler({ onAdd: nothing, onUpdate: nothing, onDelete: () => rest.abort() });
  const ofBuilds = eachOf(seen).flatMap(({ jobs, secrets }) => [jobs, secrets]);
  const informers = [builds, projects, ...ofBuilds, seen.claims];
  return {
    name: 'build-sweeper',
    needsLeadership: true,
    start: async (signal) => {
      try {
        // With half a list of Builds, living ones would look as if they were gone.
        await Promise.all(informers.map((informer) => informer.waitForSync(signal)));
        for (;;) {
          rest = new AbortController();
          const removed = await sweep(parts, signal).catch((error: unknown) => {
            log.warn({ err: error }, 'Could not remove everything that belongs to no Build');
            return 0;
          });
          if (removed > 0) log.info({ removed }, 'Removed what belonged to no Build');
          await sleep(clock, everyMs, AbortSignal.any([signal, rest.signal])).catch(nothing);
          signal.throwIfAborted();
        }
      } catch (error) {
        if (!signal.aborted) throw error;
      }
    },
  };
}
