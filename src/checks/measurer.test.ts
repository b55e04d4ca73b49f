import { beforeEach, describe, expect, it } from 'vitest';
import { aCheck } from '../../test/support/checks.ts';
import { aRelease } from '../../test/support/cluster-place/builders.ts';
import { recordingLogger } from '../../test/support/recording-logger.ts';
import type { Run } from '../rollout/checks/run.ts';
import { ManualClock } from '../seams/manual-clock.ts';
import type { Reading, Subject } from './measure.ts';
import { Measurer } from './measurer.ts';

const subject: Subject = {
  namespace: 'team',
  name: 'web',
  release: { number: 2, name: 'web-2', image: 'a.example.com/web:2' },
  live: { number: 1, name: 'web-1' },
  step: 1,
  weight: 10,
  stored: aRelease(),
  due: '2026-01-01T00:00:00Z',
};
const passed: Reading = { verdict: 'Passed', message: 'fine' };

interface Asked {
  readonly name: string;
  readonly signal: AbortSignal;
  readonly answer: (reading: Reading) => void;
  readonly fail: (error: Error) => void;
}

let clock: ManualClock;
let asked: Asked[];
let woken: string[];
let log: ReturnType<typeof recordingLogger>;
let measurer: Measurer;
let stopping: AbortController;

beforeEach(async () => {
  clock = new ManualClock();
  [asked, woken, stopping, log] = [[], [], new AbortController(), recordingLogger()];
  measurer = new Measurer({
    clock,
    log,
    measure: ({ name }, _subject, signal) => {
      const { promise, resolve: answer, reject: fail } = Promise.withResolvers<Reading>();
      asked.push({ name, signal, answer, fail });
      return promise;
    },
  });
  await measurer.start((key) => void woken.push(key), { signal: stopping.signal });
});

function wanted(name: string, { step = 1, inSeconds = 0 } = {}) {
  const due = new Date(clock.now() + inSeconds * 1000).toISOString();
  const run: Run = { name, release: 2, step, due };
  return { run, check: aCheck(name) };
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('a measurement', () => {
  it('starts when it is due, once, and is handed over once', async () => {
    const errors = wanted('errors');
    measurer.keep('team/web', [errors, wanted('later', { inSeconds: 10 })], subject);
    measurer.keep('team/web', [errors], subject);
    const early = measurer.take('team/web');
    asked[0]?.answer(passed);
    await settled();

    expect(asked.map(({ name }) => name)).toEqual(['errors']);
    expect(early).toEqual([]);
    expect(woken).toEqual(['team/web']);
    expect(measurer.take('team/web')).toEqual([{ run: errors.run, ...passed, at: new Date(clock.now()) }]);
    expect(measurer.take('team/web')).toEqual([]);
  });

  it('is given up when nobody wants it any more', async () => {
    measurer.keep('team/web', [wanted('errors', { step: 1 })], subject);
    measurer.keep('team/web', [wanted('errors', { step: 3 })], subject);
    asked[0]?.answer(passed);
    await settled();

    expect(asked.map(({ signal }) => signal.aborted)).toEqual([true, false]);
    expect(woken).toEqual([]);
    expect(measurer.take('team/web')).toEqual([]);
  });

  it('ends with its Deployment, and with the controller', () => {
    measurer.keep('team/web', [wanted('errors')], subject);
    measurer.keep('team/app', [wanted('errors')], subject);
    measurer.forget('team/web');
    const before = asked.map(({ signal }) => signal.aborted);
    stopping.abort();

    expect(before).toEqual([true, false]);
    expect(asked.map(({ signal }) => signal.aborted)).toEqual([true, true]);
  });

  it('that breaks says nothing about the release, and its error stays in the log', async () => {
    measurer.keep('team/web', [wanted('errors')], subject);
    asked[0]?.fail(new Error('secret'));
    await settled();
    const [measurement] = measurer.take('team/web');

    expect(measurement).toMatchObject({ verdict: 'NoData' });
    expect(measurement?.message).not.toContain('secret');
    expect(log.at('error')).toHaveLength(1);
  });
});

it('holds a namespace to its number of connections, and comes back', () => {
  const many = Array.from({ length: 20 }, (_, index) => wanted(`check-${index}`));
  const again = measurer.keep('team/web', many, subject);
  const other = measurer.keep('team/app', [wanted('errors')], subject);
  const elsewhere = measurer.keep('else/web', [wanted('errors')], { ...subject, namespace: 'else' });

  expect(asked).toHaveLength(17);
  expect([again, other, elsewhere]).toEqual([1000, 1000, undefined]);
});
