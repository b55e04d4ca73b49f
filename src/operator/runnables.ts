import type { ProductWatch } from '../controllers/metrics/create.ts';
import type { Controller, InformerCache, Runnable } from '../kube/index.ts';

/** A controller writes, so it runs in the leader alone; its caches are warm before that. */
export function controllerRunnable(controller: Controller): Runnable {
  return {
    name: `controller ${controller.name}`,
    needsLeadership: true,
    ready: () => controller.warmup(),
    async start(signal) {
      await controller.start();
      await aborted(signal);
      await controller.stop();
    },
  };
}

export function cacheRunnable(cache: InformerCache): Runnable {
  return {
    name: 'informers',
    needsLeadership: false,
    start: (signal) => cache.run(signal),
    ready: (signal) => cache.waitForSync(signal),
  };
}

/** Its caches are warm long before it leads, so that it sees all that the controllers write from then on. */
export function productWatchRunnable(watch: ProductWatch): Runnable {
  return {
    name: 'product metrics',
    needsLeadership: true,
    async start(signal) {
      const end = watch.begin();
      await aborted(signal);
      end();
    },
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
