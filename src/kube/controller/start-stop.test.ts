import { describe, expect, it } from 'vitest';
import { aController, endless, script, settled } from '../../../test/support/controller.ts';
import { stateOf } from '../../../test/support/work-queue.ts';
import type { Source } from './source.ts';
import { WakeSource } from './wake-source.ts';

const never = () => new Promise<void>(() => {});

/** A source that is synced when the test says so. */
function aSource(name: string) {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const signals: AbortSignal[] = [];
  const source: Source = {
    name,
    start(enqueue, { signal }) {
      signals.push(signal);
      enqueue(`${name}/first`);
      return promise;
    },
  };
  return { source, sync: resolve, fail: reject, signals };
}

/** Listens at once: a rejection that nobody heard of yet would end the test run. */
async function failureOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return 'no failure';
  } catch (error) {
    return String(error);
  }
}

describe('starting', () => {
  it('starts all sources before it waits for any, and no worker before all synced', async () => {
    const [pods, builds] = [aSource('pods'), aSource('builds')];
    const run = script();
    const { controller, clock } = aController({
      sources: [pods.source, builds.source],
      reconcile: run.reconcile,
    });
    const started = controller.start();
    expect([pods.signals.length, builds.signals.length]).toEqual([1, 1]);
    pods.sync();
    await settled(clock);
    expect(run.keys()).toEqual([]);
    expect(await stateOf(started)).toBe('pending');

    builds.sync();
    await started;
    await settled(clock);

    expect(run.keys()).toEqual(['pods/first', 'builds/first']);
  });

  it('works without any source', async () => {
    const { controller } = aController({ sources: [] });

    await controller.start();

    expect(await controller.stop()).toBe(true);
  });

  it('fails when a source fails, names it, and lets go of the others', async () => {
    const [pods, builds] = [aSource('pods'), aSource('builds')];
    const { controller, clock } = aController({ sources: [pods.source, builds.source] });
    const started = controller.start();

    pods.fail(new Error('list pods: forbidden'));

    await expect(started).rejects.toThrow(
      'start the controller "test": its source "pods" failed: list pods: forbidden',
    );
    expect(builds.signals[0]?.aborted).toBe(true);
    await settled(clock);
    expect(clock.pending).toBe(0);
  });

  it('fails when a source throws before it waits', async () => {
    const source: Source = {
      name: 'pods',
      start: () => {
        throw new Error('no informer');
      },
    };

    await expect(aController({ sources: [source] }).controller.start()).rejects.toThrow('"pods" failed: no informer');
  });

  it('fails when a source takes too long, and says which, how long, and what to check', async () => {
    const [pods, builds] = [aSource('pods'), aSource('builds')];
    const { controller, clock } = aController({ sources: [pods.source, builds.source], syncTimeoutMs: 3000 });
    const started = controller.start();
    const failure = failureOf(started);
    pods.sync();

    await clock.advance(3000);

    expect(await failure).toMatch(/"builds" did not sync within 3 s\. Check that/);
  });

  it('gives a source 120 s when nothing else was said', async () => {
    const { controller, clock } = aController({ sources: [{ name: 'pods', start: never }] });
    const failure = failureOf(controller.start());

    await clock.advance(120_000);

    expect(await failure).toContain('within 120 s');
  });

  it('ends quietly when it is stopped while its sources sync, and runs nothing', async () => {
    const pods = aSource('pods');
    const run = script();
    const { controller, clock, log } = aController({ sources: [pods.source], reconcile: run.reconcile });
    const started = controller.start();
    await settled(clock);

    expect(await controller.stop()).toBe(true);
    await started;
    pods.sync();
    await settled(clock);

    expect(run.keys()).toEqual([]);
    expect(log.lines.map(({ message }) => message)).not.toContain('Starting workers');
    expect(pods.signals[0]?.aborted).toBe(true);
    expect(clock.pending).toBe(0);
  });

  it('does not take an error for a failure that comes from being stopped', async () => {
    const pods = aSource('pods');
    const { controller } = aController({ sources: [pods.source] });
    const started = controller.start();
    pods.signals[0]?.addEventListener('abort', () => pods.fail(new Error('aborted')));

    await controller.stop();

    await expect(started).resolves.toBeUndefined();
  });

  it('starts nothing when it was stopped before', async () => {
    const pods = aSource('pods');
    const { controller } = aController({ sources: [pods.source] });

    await controller.stop();
    await controller.start();

    expect(pods.signals).toEqual([]);
  });

  it('refuses a second start', async () => {
    const { controller } = aController();
    await controller.start();

    await expect(controller.start()).rejects.toThrow('it was started before');
  });
});

describe('warming up', () => {
  it('fills the queue and runs nothing until start', async () => {
    const pods = aSource('pods');
    const run = script();
    const { controller, clock } = aController({ sources: [pods.source], reconcile: run.reconcile });
    pods.sync();
    await controller.warmup();
    await clock.advance(60_000);
    expect(run.keys()).toEqual([]);

    await controller.start();
    await settled(clock);

    expect(run.keys()).toEqual(['pods/first']);
  });

  it('starts each source once, however often and at whatever time it is asked', async () => {
    const pods = aSource('pods');
    const { controller } = aController({ sources: [pods.source] });
    const all = [controller.warmup(), controller.warmup(), controller.start()];

    pods.sync();
    await Promise.all(all);

    expect(pods.signals).toHaveLength(1);
  });

  it('start fails with the error of the warm-up', async () => {
    const pods = aSource('pods');
    const { controller } = aController({ sources: [pods.source] });
    const warm = controller.warmup();
    pods.fail(new Error('forbidden'));

    await expect(warm).rejects.toThrow('forbidden');
    await expect(controller.start()).rejects.toThrow('forbidden');
  });

  it('can be stopped without ever having started', async () => {
    const pods = aSource('pods');
    const { controller } = aController({ sources: [pods.source] });
    const warm = controller.warmup();

    expect(await controller.stop()).toBe(true);
    await warm;

    expect(pods.signals[0]?.aborted).toBe(true);
  });
});

describe('stopping', () => {
  it('lets what runs end, and drops what is queued', async () => {
    const { reconcile, release, reasons } = endless({ heedful: true });
    const keys: string[] = [];
    const { controller, wake, clock } = aController({
      reconcile: (key, context) => (keys.push(context.key), reconcile(key, context)),
    });
    await controller.start();
    wake('a');
    wake('b');
    await settled(clock);

    const stopped = controller.stop(1000);
    release();

    expect(await stopped).toBe(true);
    expect(keys).toEqual(['a']);
    expect(reasons).toEqual([]);
    expect(clock.pending).toBe(0);
  });

  it('takes no more keys from its sources', async () => {
    const run = script();
    const { controller, wake, clock } = aController({ reconcile: run.reconcile });
    await controller.start();
    await controller.stop();

    wake('a');
    await settled(clock);

    expect(run.keys()).toEqual([]);
  });

  it('gives up on a run that ignores its signal, and names it', async () => {
    const { reconcile } = endless({ heedful: false });
    const { controller, wake, clock, log } = aController({
      reconcile: (key, context) => (key.name === 'web' ? reconcile(key, context) : Promise.resolve(undefined)),
    });
    await controller.start();
    wake('shop/api');
    wake('shop/web');
    await settled(clock);

    const stopped = controller.stop(5000);
    await clock.advance(6000);

    expect(await stopped).toBe(false);
    expect(log.at('error')).toMatchObject([{ controller: 'test', keys: ['shop/web'] }]);
  });

  it('is the same when asked twice', async () => {
    const { controller } = aController();
    await controller.start();

    expect(controller.stop()).toBe(controller.stop());
    expect(await controller.stop()).toBe(true);
  });
});

it('a wake before the start is not kept: every key is looked at then anyway', () => {
  expect(() => new WakeSource('pushes').wake('a')).not.toThrow();
});
