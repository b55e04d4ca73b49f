import { Registry } from 'prom-client';
import { Controller, type ControllerOptions } from '../../src/kube/controller/controller.ts';
import { ControllerMetrics } from '../../src/kube/controller/metrics.ts';
import { done, type Reconcile } from '../../src/kube/controller/reconcile.ts';
import { WakeSource } from '../../src/kube/controller/wake-source.ts';
import { ManualClock } from '../../src/seams/manual-clock.ts';
import { sample } from './metrics.ts';
import { recordingLogger } from './recording-logger.ts';

/** A controller named `test` with a clock, a registry and a log of its own, and a source that a test wakes by hand. */
export function aController(options: Partial<ControllerOptions> = {}) {
  const clock = new ManualClock();
  const registry = new Registry();
  const log = recordingLogger();
  const wakes = new WakeSource('wakes');
  const controller = new Controller({
    name: 'test',
    reconcile: () => Promise.resolve(done),
    sources: [wakes],
    clock,
    random: { next: () => 0.5 },
    log,
    metrics: new ControllerMetrics(registry),
    ...options,
  });
  const metric = (name: string, labels = {}) => sample(registry, `controller_runtime_${name}`, labels);
  return { clock, registry, log, wake: wakes.wake, controller, metric };
}

/** Lets everything that is ready run. */
export function settled(clock: ManualClock): Promise<void> {
  return clock.advance(0);
}

/** A reconcile that does one thing after the other, then nothing; and what it was called with. */
export function script(...steps: (() => ReturnType<Reconcile>)[]) {
  const runs: { key: string; priority: number }[] = [];
  const reconcile: Reconcile = (_, { key, priority }) => {
    runs.push({ key, priority });
    return steps[runs.length - 1]?.() ?? Promise.resolve(done);
  };
  return { reconcile, runs, keys: () => runs.map(({ key }) => key) };
}

/** A reconcile that runs until `release` is called, or for ever; `heedful` ones end when their signal aborts. */
export function endless({ heedful }: { heedful: boolean }) {
  const reasons: unknown[] = [];
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  const reconcile: Reconcile = (_, { signal }) => {
    signal.addEventListener('abort', () => {
      reasons.push(signal.reason);
      if (heedful) reject(signal.reason);
    });
    return promise;
  };
  return { reconcile, reasons, release: () => resolve(undefined) };
}
