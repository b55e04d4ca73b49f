import { expect, it } from 'vitest';
import { failure, MemoryClient } from '../../../test/support/memory-client.ts';
import { aLonelyReplica, aReplica, holdLease, leaseKey, leaseSpec, renewLease } from '../../../test/support/replica.ts';
import { type LeaseSpec, leases, microTime } from './lease.ts';

const stamp = '2025-12-31T00:00:00.000000Z';

it('creates the lease when there is none, with times of six fractional digits', async () => {
  const { clock, client, elector, start } = aLonelyReplica();

  void start();
  await clock.advance(0);

  expect(elector.leading).toBe(true);
  expect(await leaseSpec(client)).toEqual({
    holderIdentity: 'a',
    leaseDurationSeconds: 15,
    leaseTransitions: 1,
    acquireTime: '2026-01-01T00:00:00.000000Z',
    renewTime: '2026-01-01T00:00:00.000000Z',
  });
});

it.each<[string, LeaseSpec]>([
  ['has no spec yet', {}],
  ['was given back', { holderIdentity: '', leaseDurationSeconds: 1, renewTime: stamp, leaseTransitions: 4 }],
  [
    'names no holder, however fresh its times are',
    { holderIdentity: '', leaseDurationSeconds: 3600, renewTime: stamp },
  ],
])('takes a lease at once that %s', async (_, spec) => {
  const { clock, client, elector, start } = aLonelyReplica();
  await holdLease(client, spec);

  void start();
  await clock.advance(0);

  expect(elector.leading).toBe(true);
  expect((await leaseSpec(client)).leaseTransitions).toBe((spec.leaseTransitions ?? 0) + 1);
});

it.each([
  ['for the time that its record names', { holderIdentity: 'b', leaseDurationSeconds: 3, renewTime: stamp }, 3000],
  ['for our own time when its record names none', { holderIdentity: 'b', renewTime: stamp }, 15_000],
])('waits for another holder %s, counted from when it saw the record', async (_, spec, waitMs) => {
  const { clock, client, elector, start } = aLonelyReplica();
  await holdLease(client, spec);

  void start();
  await clock.advance(waitMs - 1);
  const before = elector.leading;
  await clock.advance(1);

  expect(before).toBe(false);
  expect(elector.leading).toBe(true);
});

it('does not take a lease that its holder keeps renewing, whatever time the holder writes into it', async () => {
  const { clock, client, elector, start } = aLonelyReplica();
  const spec = { holderIdentity: 'b', leaseDurationSeconds: 15 };
  await holdLease(client, { ...spec, renewTime: stamp });

  void start();
  for (let renewal = 0; renewal < 10; renewal++) {
    await clock.advance(14_000);
    await renewLease(client, { ...spec, renewTime: microTime(renewal) });
  }

  expect(elector.leading).toBe(false);
  expect((await leaseSpec(client)).holderIdentity).toBe('b');
});

it('takes the lease back after a restart only when the old identity expired', async () => {
  const { clock, client, events, start } = aLonelyReplica();
  await holdLease(client, { holderIdentity: 'a before its restart', leaseDurationSeconds: 15 });

  void start();
  await clock.advance(14_999);
  const before = [...events];
  await clock.advance(1);

  expect(before).toEqual(['leader a before its restart']);
  expect(events).toEqual(['leader a before its restart', 'leader a', 'started']);
});

it('stands by when another replica creates the lease first', async () => {
  const { clock, client, elector, start } = aLonelyReplica();
  client.fault = (request) => {
    client.fault = () => undefined;
    void client.create(leases, { metadata: leaseKey, spec: { holderIdentity: 'b', leaseDurationSeconds: 15 } });
    return failure('NotFound', leases, { name: request });
  };

  void start();
  await clock.advance(10_000);

  expect(elector.leading).toBe(false);
});

it('only one of two that see the lease expire at once gets it', async () => {
  const { clock, client, ...a } = aLonelyReplica();
  const b = aReplica({ identity: 'b', client, clock });
  await holdLease(client, { holderIdentity: 'gone', leaseDurationSeconds: 15 });

  void a.start();
  void b.start();
  await clock.advance(60_000);

  expect([a.elector.leading, b.elector.leading].filter(Boolean)).toHaveLength(1);
  expect((await leaseSpec(client)).leaseTransitions).toBe(1);
});

it('keeps trying while the server fails, and logs why', async () => {
  const { clock, client, elector, start } = aLonelyReplica();
  client.fault = () => failure('Unavailable', leases, leaseKey);
  void start();
  await clock.advance(60_000);
  const during = elector.leading;

  client.fault = () => undefined;
  await clock.advance(2400);

  expect(during).toBe(false);
  expect(elector.leading).toBe(true);
});

it.each([
  ['a lease no longer than the renew deadline', { leaseDurationMs: 10_000, renewDeadlineMs: 10_000 }],
  ['a renew deadline within 1.2 retry periods', { renewDeadlineMs: 2400, retryPeriodMs: 2000 }],
  ['a lease below one second', { leaseDurationMs: 999, renewDeadlineMs: 500, retryPeriodMs: 100 }],
  ['no time between attempts', { retryPeriodMs: 0 }],
])('refuses to be set up with %s', (_, times) => {
  expect(() => aLonelyReplica(times)).toThrow('set up leader election');
});

it('refuses to be set up without an identity', () => {
  const { clock } = aLonelyReplica();

  expect(() => aReplica({ identity: '', client: new MemoryClient(), clock })).toThrow('the identity must not be empty');
});
