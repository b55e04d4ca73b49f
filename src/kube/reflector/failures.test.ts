import { describe, expect, it } from 'vitest';
import { Rig, silentLogger } from '../../../test/support/scripted-api/rig.ts';
import type { FailureReason } from './failure.ts';

const expired = { reason: 'Expired', message: 'too old resource version' };

describe('a version that the server has forgotten', () => {
  it('leads to a list that is not older than what we have, and to no change for what is the same', async () => {
    const rig = await filled();
    rig.api.faults = [{ status: 410, statusBody: expired }];
    rig.api.endWatches();
    rig.api.remove('a');
    rig.api.put('c', 1);
    await rig.recover();

    expect(rig.requests.slice(1)).toEqual(['watch@3', 'watchList@3']);
    expect(rig.content).toEqual({ 'shop/b': 1, 'shop/c': 1 });
    expect(rig.handler.log.slice(2)).toEqual(['delete a=1', 'add c=1']);
    expect(failures(rig)).toEqual({ Expired: 1 });
  });

  it('may be told inside the stream too', async () => {
    const rig = await filled();

    rig.api.sendEvent({ type: 'ERROR', object: { kind: 'Status', code: 410, ...expired } });
    await rig.recover();

    expect(rig.requests.slice(1)).toEqual(['watchList@3']);
  });

  it('leads to a quorum read when the list is refused for the same reason', async () => {
    const rig = await filled();
    rig.api.faults = [
      { status: 410, statusBody: expired },
      { status: 410, statusBody: expired },
    ];
    rig.api.endWatches();
    await rig.recover();

    expect(rig.requests.slice(1)).toEqual(['watch@3', 'watchList@3', 'watchList@']);
    expect(rig.content).toEqual({ 'shop/a': 1, 'shop/b': 1 });
  });

  it('means a deletion and an addition for an object that was made anew in the meantime', async () => {
    const rig = await filled();
    rig.api.faults = [{ status: 410, statusBody: expired }];
    rig.api.endWatches();
    rig.api.remove('a');
    rig.api.put('a', 7);
    await rig.recover();

    expect(rig.handler.log.slice(2)).toEqual(['delete a=1', 'add a=7']);
  });
});

describe('a version that the server does not know yet', () => {
  it('leads to a quorum read', async () => {
    const rig = await filled();
    const details = { causes: [{ reason: 'ResourceVersionTooLarge' }], retryAfterSeconds: 1 };
    rig.api.faults = [{ status: 504, statusBody: { reason: 'Timeout', details } }];
    rig.api.endWatches();
    await rig.recover();

    expect(rig.requests.slice(1)).toEqual(['watch@3', 'watchList@']);
    expect(failures(rig)).toEqual({ TooLarge: 1 });
  });

  it('is known by its message from servers that do not name the cause', async () => {
    const rig = await filled();
    rig.api.faults = [{ status: 504, statusBody: { message: 'Timeout: Too large resource version: 9, current: 3' } }];
    rig.api.endWatches();
    await rig.recover();

    expect(failures(rig)).toEqual({ TooLarge: 1 });
  });
});

describe('a stale list', () => {
  it('does not take the store back, and the next one is read by quorum', async () => {
    const rig = await filled();
    rig.api.faults = [{ status: 410 }, { stale: 3 }];
    rig.api.endWatches();
    rig.api.put('a', 5);
    await rig.clock.advance(1000);
    expect(rig.content).toEqual({ 'shop/a': 1, 'shop/b': 1 });

    await rig.recover();

    expect(rig.requests.slice(1)).toEqual(['watch@3', 'watchList@3', 'watchList@']);
    expect(rig.content).toEqual({ 'shop/a': 5, 'shop/b': 1 });
  });

  it('is believed when five quorum reads in a row agree: the server was restored from a backup', async () => {
    const rig = await filled();
    rig.api.put('a', 2);
    rig.api.put('b', 2);
    await rig.settle();

    // Version 4 of `a` was given out before, for another content.
    rig.api.history.restore(2);
    rig.api.history.put('z', 1);
    rig.api.history.put('a', 9);
    rig.api.endWatches();
    await rig.clock.advance(15_000);
    expect(rig.content).toEqual({ 'shop/a': 2, 'shop/b': 2 });

    await rig.clock.advance(100_000);

    expect(rig.content).toEqual({ 'shop/a': 9, 'shop/z': 1 });
    expect(rig.handler.content).toEqual({ 'shop/a': 9, 'shop/z': 1 });
    expect(rig.informer.resourceVersion).toBe('4');
    expect(failures(rig)).toEqual({ TooLarge: 1, Stale: 5 });
  });
});

it('does not take equal versions for equal objects when the server may have given them out twice', async () => {
  const rig = await filled();
  rig.api.put('a', 2);
  rig.api.history.restore(3);
  rig.api.history.put('a', 9);
  rig.api.faults = [{ status: 504, statusBody: { message: 'Too large resource version' } }];

  rig.api.endWatches();
  await rig.recover();

  expect(rig.content).toEqual({ 'shop/a': 9, 'shop/b': 1 });
  expect(rig.handler.content).toEqual({ 'shop/a': 9, 'shop/b': 1 });
  expect(rig.handler.log.slice(3)).toEqual(['update a=2 to a=9']);
});

describe('a server in trouble', () => {
  it.each<[string, object, FailureReason]>([
    ['that cannot be reached', { reject: 'connect ECONNREFUSED' }, 'NoAnswer'],
    ['that is overloaded', { status: 429 }, 'Throttled'],
    ['behind a failing balancer', { status: 503 }, 'Unavailable'],
    ['that fails', { status: 500 }, 'Internal'],
    ['that forbids it for now', { status: 403 }, 'Denied'],
    ['that has lost the kind for now', { status: 404 }, 'Denied'],
  ])('%s is asked for the same watch again, after a growing wait, and no list', async (_, fault, reason) => {
    const rig = await filled();
    rig.api.faults = [fault, fault, fault];
    rig.api.endWatches();
    await rig.settle();
    const waits: (number | undefined)[] = [];
    for (let i = 0; i < 3; i++) {
      waits.push(rig.clock.untilNext);
      await rig.clock.advance(rig.clock.untilNext ?? 0);
    }

    expect(waits).toEqual([800, 1600, 3200]);
    expect(rig.requests.slice(1)).toEqual(['watch@3', 'watch@3', 'watch@3', 'watch@3']);
    expect(failures(rig)).toEqual({ [reason]: 3 });
  });

  it('is asked for the same WatchList again when it fails before the first list', async () => {
    const rig = new Rig();
    rig.api.faults = [{ reject: 'connect ECONNREFUSED' }, { status: 429 }, { status: 500 }, { status: 503 }];
    await rig.start();
    await rig.recover();

    expect(rig.requests).toEqual(Array.from({ length: 5 }, () => 'watchList@'));
    expect(rig.informer.hasSynced()).toBe(true);
  });

  it('is obeyed when it says how long to wait, in a header or in the status, up to a minute', async () => {
    const rig = await filled();
    rig.api.faults = [
      { status: 429, headers: { 'retry-after': '7' } },
      { status: 429, statusBody: { details: { retryAfterSeconds: 9 } } },
      { status: 503, headers: { 'retry-after': '86400' } },
    ];
    rig.api.endWatches();
    await rig.settle();
    const waits: (number | undefined)[] = [];
    for (let i = 0; i < 3; i++) {
      waits.push(rig.clock.untilNext);
      await rig.clock.advance(rig.clock.untilNext ?? 0);
    }

    expect(waits).toEqual([7000, 9000, 60_000]);
  });

  it('is listed again when it answers for more than a minute that it cannot serve this watch', async () => {
    const rig = await filled();
    rig.api.faults = Array.from({ length: 8 }, () => ({ status: 500 }));
    rig.api.endWatches();
    await rig.clock.advance(200_000);

    expect(rig.requests.filter((request) => request === 'watchList@3').length).toBeGreaterThan(0);
    expect(rig.api.open).toHaveLength(1);
  });

  it('is not listed again however long it cannot be reached', async () => {
    const rig = await filled();
    rig.api.faults = Array.from({ length: 20 }, () => ({ reject: 'connect ECONNREFUSED' }));
    rig.api.endWatches();
    await rig.clock.advance(1_200_000);

    expect(new Set(rig.requests.slice(1))).toEqual(new Set(['watch@3']));
    expect(rig.api.open).toHaveLength(1);
  });

  it('is waited for at most 30 to 60 seconds, spread by chance', async () => {
    const rig = await filled(() => 0.999);
    rig.api.faults = Array.from({ length: 12 }, () => ({ reject: 'connect ECONNREFUSED' }));
    rig.api.endWatches();
    await rig.settle();
    let longest = 0;
    for (let i = 0; i < 12; i++) {
      longest = Math.max(longest, rig.clock.untilNext ?? 0);
      await rig.clock.advance(rig.clock.untilNext ?? 0);
    }

    expect(longest).toBeGreaterThan(59_000);
    expect(longest).toBeLessThan(60_000);
  });

  it('is met with the shortest wait again after two calm minutes', async () => {
    const rig = await filled();
    rig.api.faults = Array.from({ length: 4 }, () => ({ status: 503 }));
    rig.api.endWatches();
    await rig.clock.advance(60_000);
    rig.api.bookmark();
    await rig.clock.advance(140_000);

    rig.api.faults = [{ status: 503 }];
    rig.api.endWatches();
    await rig.settle();

    expect(rig.clock.untilNext).toBe(800);
  });
});

describe('a watch', () => {
  it('that ends within a second and brings nothing is a failure', async () => {
    const rig = await filled();
    rig.api.endWatches();
    await rig.settle();

    rig.api.endWatches();
    await rig.settle();

    expect(failures(rig)).toEqual({ ShortWatch: 1 });
    expect(rig.clock.untilNext).toBe(800);
  });

  it('that brings nothing but ends after a second is none', async () => {
    const rig = await filled();
    rig.api.endWatches();
    await rig.clock.advance(1000);

    rig.api.endWatches();
    await rig.settle();

    expect(failures(rig)).toEqual({});
    expect(rig.requests).toHaveLength(3);
  });

  it('that says nothing for two and a half minutes is taken for dead', async () => {
    const rig = await filled();

    await rig.clock.advance(149_000);
    expect(rig.requests).toHaveLength(1);
    await rig.clock.advance(2000);

    expect(failures(rig)).toEqual({ Silent: 1 });
    expect(rig.requests.slice(1)).toEqual(['watch@3']);
  });

  it('that gets a bookmark a minute lives until its time is over, and a little longer', async () => {
    const rig = await filled();
    for (let i = 0; i < 5; i++) {
      rig.api.bookmark();
      await rig.clock.advance(60_000);
    }
    rig.api.bookmark();
    expect(rig.requests).toHaveLength(1);

    await rig.clock.advance(30_000);

    expect(rig.requests).toHaveLength(2);
    expect(failures(rig)).toEqual({});
  });

  it.each([
    ['is no JSON', '{"type":"ADDED","object":{\n'],
    ['is no event', '[]\n'],
    ['has no version', '{"type":"ADDED","object":{"metadata":{"name":"x"}}}\n'],
  ])('whose line %s is begun again where it stood', async (_, text) => {
    const rig = await filled();

    rig.api.sendRaw(text);
    await rig.recover();
    rig.api.put('a', 2);
    await rig.settle();

    expect(failures(rig)).toEqual({ Undecodable: 1 });
    expect(rig.requests.slice(1)).toEqual(['watch@3']);
    expect(rig.content).toEqual({ 'shop/a': 2, 'shop/b': 1 });
  });

  it('fails without the text of an object in logs or metrics', async () => {
    const lines: string[] = [];
    const logger = { ...silentLogger, warn: (fields: object) => lines.push(JSON.stringify(fields)) };
    const rig = await new Rig({ logger }).start();

    rig.api.sendRaw('{"type":"ADDED","object":{"kind":"Secret","data":{"password":"aHVudGVyMg=="\n');
    await rig.settle();

    expect(lines).toHaveLength(1);
    expect(lines.join() + rig.informer.stats.lastFailure).not.toContain('aHVudGVyMg');
  });

  it('that is cut at any byte loses nothing and doubles nothing', async () => {
    for (let cutAfter = 0; cutAfter < 700; cutAfter += 7) {
      const rig = await filled();
      rig.api.faults = [{ cutAfter, chunk: 5 }];
      rig.api.endWatches();
      await rig.settle();
      rig.api.put('ä', 1);
      rig.api.put('a', 2);
      rig.api.remove('b');
      await rig.recover();

      expect(rig.content).toEqual({ 'shop/a': 2, 'shop/ä': 1 });
      expect(rig.handler.log.slice(2)).toEqual(['add ä=1', 'update a=1 to a=2', 'delete b=1']);
      await rig.stop();
    }
  });
});

/** A rig that holds a and b, at version 3. */
async function filled(random = () => 0): Promise<Rig> {
  const rig = new Rig({ random });
  rig.api.put('a', 1);
  rig.api.put('b', 1);
  return rig.start();
}

function failures({ informer }: Rig): Record<string, number> {
  return Object.fromEntries(Object.entries(informer.stats.failures).filter(([, count]) => count > 0));
}
