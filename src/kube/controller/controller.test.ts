import { describe, expect, it } from 'vitest';
import { aController, script, settled } from '../../../test/support/controller.ts';
import { KubeError } from '../errors/errors.ts';
import { lowPriority } from '../workqueue/entry.ts';
import type { Readiness } from './outcome.ts';
import { done, type ReconcileContext, TerminalError } from './reconcile.ts';

const failure = () => Promise.reject(new Error('boom'));
const conflict = () =>
  Promise.reject(new KubeError({ code: 'Conflict', attempted: 'update pods shop/web', detail: 'changed' }));
const later = (requeueAfterMs: number, priority?: number) => () =>
  Promise.resolve(priority === undefined ? { requeueAfterMs } : { requeueAfterMs, priority });

/** A running controller whose runs follow a script. */
async function running(...steps: Parameters<typeof script>) {
  const run = script(...steps);
  const made = aController({ reconcile: run.reconcile });
  await made.controller.start();
  return { ...made, ...run };
}

it('reconciles a key that is enqueued, with its name taken apart', async () => {
  const keys: unknown[] = [];
  const { controller, wake, clock } = aController({ reconcile: (key) => (keys.push(key), Promise.resolve(done)) });
  await controller.start();

  wake('shop/web');
  wake('cluster-wide');
  await settled(clock);

  expect(keys).toEqual([{ namespace: 'shop', name: 'web' }, { name: 'cluster-wide' }]);
});

describe('after an error', () => {
  it('tries the key again with back-off, at its priority, and goes on with others meanwhile', async () => {
    const { wake, clock, runs } = await running(failure, () => Promise.resolve(done), failure);
    wake('a', { priority: 7 });
    await settled(clock);
    wake('b');
    await clock.advance(4);
    expect(runs).toEqual([
      { key: 'a', priority: 7 },
      { key: 'b', priority: 0 },
    ]);

    await clock.advance(1);
    expect(runs.at(2)).toEqual({ key: 'a', priority: 7 });
    await clock.advance(9);
    expect(runs).toHaveLength(3);
    await clock.advance(1);

    expect(runs).toHaveLength(4);
  });

  it('keeps the back-off growing through conflicts', async () => {
    const { wake, clock, keys } = await running(failure, conflict);
    wake('a');
    await clock.advance(5 + 9);
    expect(keys()).toHaveLength(2);

    await clock.advance(1);

    expect(keys()).toHaveLength(3);
  });

  it.each([
    ['a success', () => Promise.resolve(done)],
    ['a look later', later(1000)],
    ['a terminal error', () => Promise.reject(new TerminalError('the spec is wrong'))],
  ])('starts the back-off anew after %s', async (_, ending) => {
    const { wake, clock, keys } = await running(failure, failure, ending, failure);
    wake('a');
    await clock.advance(5 + 10);
    expect(keys()).toHaveLength(3);

    wake('a');
    await settled(clock);
    expect(keys()).toHaveLength(4);
    await clock.advance(5);

    expect(keys()).toHaveLength(5);
  });

  it('does not try again when the error is terminal, until something changes', async () => {
    const { wake, clock, keys } = await running(() => Promise.reject(new TerminalError('the spec is wrong')));
    wake('a');
    await clock.advance(2_000_000);
    expect(keys()).toEqual(['a']);

    wake('a');
    await settled(clock);

    expect(keys()).toEqual(['a', 'a']);
  });

  it('says so with the key, the reconcileID and the error', async () => {
    const { wake, clock, log } = await running(failure);
    wake('shop/web');
    await settled(clock);

    expect(log.at('error')).toEqual([
      {
        level: 'error',
        message: 'Reconcile failed',
        controller: 'test',
        namespace: 'shop',
        name: 'web',
        reconcileID: '80000000-8000-4000-a000-000080000000',
        err: new Error('boom'),
        terminal: false,
        panic: false,
      },
    ]);
  });

  it('survives what is thrown at it: before the promise, and of any kind', async () => {
    const thrower = (thrown: unknown) => () => {
      throw thrown;
    };
    const { wake, clock, keys, metric } = await running(
      thrower('text'),
      thrower(undefined),
      thrower(new TypeError('x')),
    );
    wake('a');
    await clock.advance(5 + 10 + 20);

    expect(keys()).toHaveLength(4);
    expect(await metric('reconcile_panics_total')).toBe(3);
    expect(await metric('reconcile_errors_total')).toBe(3);
  });
});

describe('after a conflict', () => {
  it('tries again with back-off and counts a requeue, not an error', async () => {
    const { wake, clock, keys, metric, log } = await running(conflict);
    wake('a');
    await clock.advance(5);

    expect(keys()).toEqual(['a', 'a']);
    expect(await metric('reconcile_total', { result: 'requeue' })).toBe(1);
    expect(await metric('reconcile_errors_total')).toBe(0);
    expect(log.at('error')).toEqual([]);
  });
});

describe('when asked to look again later', () => {
  it('does so after that time, not by back-off, at the priority of the run', async () => {
    const { wake, clock, runs } = await running(later(500));
    wake('a', { priority: lowPriority });
    await clock.advance(499);
    expect(runs).toHaveLength(1);

    await clock.advance(1);

    expect(runs.at(1)).toEqual({ key: 'a', priority: lowPriority });
  });

  it('does so at the priority that the result names', async () => {
    const { wake, clock, runs } = await running(later(500, 9));
    wake('a');
    await clock.advance(500);

    expect(runs.at(1)).toEqual({ key: 'a', priority: 9 });
  });

  it('does so earlier when something changes before, and then not again', async () => {
    const { wake, clock, keys } = await running(later(500));
    wake('a');
    await clock.advance(100);
    wake('a');
    await clock.advance(1000);

    expect(keys()).toEqual(['a', 'a']);
  });
});

describe('workers', () => {
  it('run as many keys at once as allowed, and one key never twice at once', async () => {
    const busy: string[] = [];
    let most = 0;
    const { controller, wake, clock } = aController({
      concurrency: 3,
      reconcile: async (_, { key }) => {
        expect(busy).not.toContain(key);
        busy.push(key);
        most = Math.max(most, busy.length);
        await new Promise<void>((resolve) => void clock.setTimeout(resolve, 10));
        busy.splice(busy.indexOf(key), 1);
        return done;
      },
    });
    await controller.start();

    for (const key of ['a', 'b', 'c', 'd', 'e']) wake(key);
    await settled(clock);
    for (const key of ['a', 'b', 'c']) wake(key);
    await clock.advance(100);

    expect(most).toBe(3);
    expect(busy).toEqual([]);
    expect(await controller.stop()).toBe(true);
  });

  it('let timers and sockets have their turn while thousands of keys find nothing to wait for', async () => {
    const run = script();
    const { controller, wake, clock } = aController({ reconcile: run.reconcile, concurrency: 3 });
    await controller.start();

    for (let index = 0; index < 5000; index++) wake(`key-${index}`);
    await new Promise((resolve) => setImmediate(resolve));
    const runsAtTurn = run.runs.length;
    while (run.runs.length < 5000) await settled(clock);

    expect(runsAtTurn).toBeLessThan(100);
  });

  it('are at least one and a whole number', () => {
    expect(() => aController({ concurrency: 0 })).toThrow('concurrency');
    expect(() => aController({ concurrency: 1.5 })).toThrow('concurrency');
  });
});

describe('a key that the caches are not ready for', () => {
  it('waits until they are, without a run', async () => {
    const answers: Readiness[] = [{ retryAfterMs: 20 }, false, true];
    const run = script();
    const { controller, wake, clock, metric } = aController({
      reconcile: run.reconcile,
      ready: () => answers.shift() ?? true,
    });
    await controller.start();
    wake('a', { priority: 3 });
    await clock.advance(119);
    expect(run.runs).toEqual([]);
    expect(await metric('reconcile_total', { result: 'success' })).toBe(0);

    await clock.advance(1);

    expect(run.runs).toEqual([{ key: 'a', priority: 3 }]);
    expect(await metric('reconcile_total', { result: 'success' })).toBe(1);
  });

  it('is tried again with back-off when the question itself fails', async () => {
    const answers = [new Error('no such cache')];
    const ready = () => {
      const error = answers.shift();
      if (error !== undefined) throw error;
      return true;
    };
    const run = script();
    const { controller, wake, clock } = aController({ reconcile: run.reconcile, ready });
    await controller.start();
    wake('a');

    await clock.advance(5);

    expect(run.keys()).toEqual(['a']);
  });
});

it('gives each run a logger of its own with the key and a reconcileID', async () => {
  const contexts: ReconcileContext[] = [];
  const { controller, wake, clock, log } = aController({
    reconcile: (_, context) => {
      contexts.push(context);
      context.log.info({ image: 'web:1' }, 'Building');
      return Promise.resolve(done);
    },
  });
  await controller.start();
  wake('shop/web');
  await settled(clock);

  expect(log.lines.find(({ message }) => message === 'Building')?.fields).toMatchObject({
    controller: 'test',
    namespace: 'shop',
    name: 'web',
    reconcileID: contexts[0]?.reconcileID,
    image: 'web:1',
  });
});
