import { expect, it } from 'vitest';
import { failure, MemoryClient } from '../../../test/support/memory-client.ts';
import { sample } from '../../../test/support/metrics.ts';
import { aLonelyReplica, aReplica, leaseKey, leaseSpec, renewLease } from '../../../test/support/replica.ts';
import { type Clock, sleep } from '../../seams/clock.ts';
import { ManualClock } from '../../seams/manual-clock.ts';
import { leases } from './lease.ts';

const unavailable = () => failure('Unavailable', leases, leaseKey);

async function aLeader() {
  const leader = aLonelyReplica();
  const ended = leader.start();
  await leader.clock.advance(0);
  leader.client.requests.length = 0;
  return { ...leader, ended };
}

it('renews every two seconds with one request and no reading', async () => {
  const { clock, client, registry } = await aLeader();

  await clock.advance(10_000);

  expect(client.requests).toEqual(
    Array.from({ length: 5 }, () => 'update leases.coordination.k8s.io kube-system/vish'),
  );
  expect(await sample(registry, 'leader_election_slowpath_total')).toBeUndefined();
});

it('renewing keeps the time of taking and the number of transitions', async () => {
  const { clock, client } = await aLeader();

  await clock.advance(4000);

  expect(await leaseSpec(client)).toMatchObject({
    acquireTime: '2026-01-01T00:00:00.000000Z',
    renewTime: '2026-01-01T00:00:04.000000Z',
    leaseTransitions: 1,
  });
});

it('reads the lease when somebody wrote to it without taking it, and keeps it', async () => {
  const { clock, client, elector, registry } = await aLeader();
  const lease = await client.get(leases, leaseKey);
  await client.update(leases, { ...lease, metadata: { ...lease.metadata, labels: { touched: 'yes' } } });

  await clock.advance(30_000);

  expect(elector.leading).toBe(true);
  expect((await client.get(leases, leaseKey)).metadata.labels).toEqual({ touched: 'yes' });
  expect(await sample(registry, 'leader_election_slowpath_total')).toBe(1);
});

it('creates the lease again when somebody deleted it', async () => {
  const { clock, client, elector } = await aLeader();
  await client.delete(leases, leaseKey);

  await clock.advance(30_000);

  expect(elector.leading).toBe(true);
  expect((await leaseSpec(client)).holderIdentity).toBe('a');
});

it('survives a server that is away for less than the renew deadline', async () => {
  const { clock, client, elector, events } = await aLeader();
  client.fault = unavailable;
  await clock.advance(8999);

  client.fault = () => undefined;
  await clock.advance(30_000);

  expect(elector.leading).toBe(true);
  expect(events).not.toContain('lost');
});

it('loses the lease ten seconds after the last renewal, and says so once', async () => {
  const { clock, client, elector, events, registry, ended, seen } = await aLeader();
  client.fault = unavailable;

  await clock.advance(9999);
  const before = elector.leading;
  await clock.advance(1);
  await ended;

  expect(before).toBe(true);
  expect(elector.leading).toBe(false);
  expect(events).toEqual(['leader a', 'started', 'lost']);
  expect(seen.lost?.message).toContain('keep lease kube-system/vish: it could not be renewed for 10000 ms');
  expect(await sample(registry, 'leader_election_master_status')).toBe(0);
  expect(clock.pending).toBe(0);
});

it('loses the lease on time when the server never answers and the client ignores its signal', async () => {
  const { clock, client, elector, events, ended } = await aLeader();
  client.update = () => new Promise(() => undefined);

  await clock.advance(10_000);
  await ended;

  expect(elector.leading).toBe(false);
  expect(events).toContain('lost');
});

it('is lost at once, not at the deadline, when another holder is seen', async () => {
  const { clock, client, events, seen } = await aLeader();
  await renewLease(client, { holderIdentity: 'b', leaseDurationSeconds: 15 });

  await clock.advance(2000);

  expect(events).toContain('lost');
  expect(seen.lost?.message).toContain('"b" holds it now');
});

it('does not take back a lease that was emptied meanwhile: somebody else may have led', async () => {
  const { clock, client, events } = await aLeader();
  await renewLease(client, { holderIdentity: '', leaseDurationSeconds: 1 });

  await clock.advance(2000);

  expect(events).toContain('lost');
  expect((await leaseSpec(client)).holderIdentity).toBe('');
});

it('gives the lease back when it is stopped, and a standby leads within three seconds', async () => {
  const { clock, client, events, stop, ended } = await aLeader();
  const standby = aReplica({ identity: 'b', client, clock, chance: 0.999 });
  void standby.start();
  await clock.advance(7000);

  stop();
  await ended;
  const after = await leaseSpec(client);
  await clock.advance(2400);

  expect(after).toMatchObject({ holderIdentity: '', leaseDurationSeconds: 1, leaseTransitions: 1 });
  expect(events).not.toContain('lost');
  expect(standby.elector.leading).toBe(true);
});

it('a standby leads within 20 seconds of the death of a leader', async () => {
  const { clock, client } = await aLeader();
  const standby = aReplica({ identity: 'b', client, clock, chance: 0.999 });
  void standby.start();
  await clock.advance(7000);

  client.update = (_, object) => {
    if (JSON.stringify(object).includes('"holderIdentity":"a"')) throw unavailable();
    return Object.getPrototypeOf(client).update.call(client, leases, object);
  };
  await clock.advance(18_000);

  expect(standby.elector.leading).toBe(true);
});

it('gives the lease back after a conflict with its own cancelled renewal', async () => {
  const { clock, client, stop, ended } = await aLeader();
  let conflicts = 2;
  client.fault = (request) =>
    request.startsWith('update') && conflicts-- > 0 ? failure('Conflict', leases, leaseKey) : undefined;

  stop();
  await clock.advance(0);
  await ended;

  expect((await leaseSpec(client)).holderIdentity).toBe('');
});

it('gives back a lease that it got while it was being stopped', async () => {
  const { clock, client, start, stop, events } = aLonelyReplica();
  const create = client.create.bind(client);
  client.create = async (resource, object) => {
    const stored = await create(resource, object);
    stop();
    return stored;
  };

  await Promise.all([start(), clock.advance(0)]);

  expect(events).not.toContain('started');
  expect((await leaseSpec(client)).holderIdentity).toBe('');
});

it('leaves the lease alone when it is stopped while another leads', async () => {
  const { clock, client, stop, ended } = await aLeader();
  const standby = aReplica({ identity: 'b', client, clock });
  const standbyEnded = standby.start();
  await clock.advance(5000);

  standby.stop();
  await standbyEnded;

  expect((await leaseSpec(client)).holderIdentity).toBe('a');
  stop();
  await ended;
});

it('ends within its request time when it is stopped while the server is away, and says it may expire', async () => {
  const { clock, client, stop, ended } = await aLeader();
  client.get = () => new Promise(() => undefined);

  stop();
  await clock.advance(5000);
  await ended;

  expect(clock.pending).toBe(0);
});

it('does not count from the moment it read its own unanswered renewal, but from the answered one', async () => {
  const { clock, client, elector, events, ended } = await aLeader();
  const update = client.update.bind(client);
  client.update = async (resource, object) => {
    await update(resource, object);
    throw unavailable();
  };
  await clock.advance(3000);
  client.update = async () => {
    throw failure('Conflict', leases, leaseKey);
  };

  await clock.advance(7000);
  await ended;

  expect(elector.leading).toBe(false);
  expect(events).toContain('lost');
});

it('counts the deadline from when the last renewal was sent, however late its answer came', async () => {
  const { clock, client, events, ended } = await aLeader();
  const update = client.update.bind(client);
  client.update = async (resource, object) => {
    const stored = await update(resource, object);
    await sleep(clock, 4000);
    return stored;
  };
  // Sent after 2 s, answered after 6 s.
  await clock.advance(6000);
  client.update = async () => {
    throw unavailable();
  };

  await clock.advance(5999);
  const before = events.includes('lost');
  await clock.advance(1);
  await ended;

  expect(before).toBe(false);
  expect(events).toContain('lost');
});

it('does not lead any more after the process stood still, before any timer fires', async () => {
  const base = new ManualClock();
  let stoodStillMs = 0;
  const clock: Clock = {
    now: () => base.now(),
    monotonic: () => base.monotonic() + stoodStillMs,
    setTimeout: (fn, ms) => base.setTimeout(fn, ms),
    clearTimeout: (timer) => base.clearTimeout(timer),
  };
  const { elector, start } = aReplica({ identity: 'a', client: new MemoryClient(), clock });
  void start();
  await base.advance(0);
  const before = elector.leading;

  stoodStillMs = 10_000;

  expect([before, elector.leading]).toEqual([true, false]);
});
