import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { openApi } from '../../../test/support/api-client.ts';
import { aReplica } from '../../../test/support/replica.ts';
import { until } from '../../../test/support/until.ts';
import { systemClock } from '../../seams/system.ts';
import type { Client } from '../client/client.ts';
import { leases } from './lease.ts';

const namespace = 'leader-test';
const quick = { leaseDurationMs: 3000, renewDeadlineMs: 2000, retryPeriodMs: 400 };
let api: Awaited<ReturnType<typeof openApi>>;

beforeAll(async () => {
  api = await openApi(namespace);
});

afterAll(() => api.close());

const start = (name: string, identity: string, client: Client) => {
  const replica = aReplica({ ...quick, lease: { namespace, name }, identity, client, clock: systemClock });
  return { ...replica, ended: replica.start() };
};

it('the standby takes over from a leader that is cut off, after that one knows that it lost', async () => {
  const { client, proxy } = await api.proxied();
  const a = start('partition', 'a', client);
  await until(async () => a.elector.leading);
  const b = start('partition', 'b', api.client);
  const both: boolean[] = [];

  proxy.tcp.freeze();
  await until(async () => {
    both.push(a.elector.leading && b.elector.leading);
    return b.elector.leading;
  });
  const lostFirst = a.events.includes('lost');
  proxy.tcp.thaw();
  b.stop();
  await Promise.all([a.ended, b.ended]);

  expect(both).not.toContain(true);
  expect(lostFirst).toBe(true);
  expect(a.seen.lost?.message).toContain('could not be renewed');
});

it('the standby takes over at once from a leader that is stopped', async () => {
  const a = start('polite', 'a', api.client);
  await until(async () => a.elector.leading);
  const b = start('polite', 'b', api.client);
  const stopped = systemClock.monotonic();

  a.stop();
  await a.ended;
  await until(async () => b.elector.leading);
  const took = systemClock.monotonic() - stopped;
  b.stop();
  await b.ended;

  expect(took).toBeLessThan(1500);
  const lease = await api.client.get(leases, { namespace, name: 'polite' });
  expect(lease.spec).toMatchObject({ holderIdentity: '', leaseDurationSeconds: 1, leaseTransitions: 2 });
  expect(lease.spec?.renewTime).toMatch(/\.\d{6}Z$/);
});

it.each<[string, NodeJS.Signals, number]>([
  ['killed', 'SIGKILL', 20_000],
  ['stopped politely', 'SIGTERM', 3000],
])('with the default times another process acts soon after the leader was %s', async (how, signal, mostMs) => {
  const program = new URL('../../../test/support/elector-program.ts', import.meta.url).pathname;
  const lease = { namespace, name: how.replace(' ', '-') };
  const args = [program, inject('kubeconfig'), namespace, lease.name];
  const leader = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(leader, 'exit');
  await once(leader.stdout, 'data');
  const standby = aReplica({ lease, identity: 'standby', client: api.client, clock: systemClock, chance: 0.999 });
  const ended = standby.start();
  await until(async () => standby.events.includes('leader doomed'));
  const stopped = systemClock.monotonic();

  leader.kill(signal);
  await exited;
  await until(async () => standby.elector.leading, { deadlineMs: 25_000 });
  const took = systemClock.monotonic() - stopped;
  standby.stop();
  await ended;

  expect(took).toBeLessThan(mostMs);
});
