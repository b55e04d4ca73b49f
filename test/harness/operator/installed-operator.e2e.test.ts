import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { loadConnection } from '../../../src/kube/connection/load-connection.ts';
import { systemClock } from '../../../src/seams/system.ts';
import { configMaps, namespaces } from '../../support/resources.ts';
import { until } from '../../support/until.ts';
import { type Connected, connectTo } from '../connect.ts';
import { type KillProxy, startKillProxy } from '../kill/kill-proxy.ts';
import { type Leftovers, watchForLeftovers } from '../leaks/leftovers.ts';
import { createRequests, type Mark, type Requests } from '../requests/requests.ts';
import { rulesOf, unusedRights, userOf } from '../requests/rights.ts';
import { type InstalledOperator, installOperator } from './installed-operator.ts';

const namespace = 'harness-operator';
const account = { namespace, name: 'vish' };
const { kubeconfig, binaries, auditLog, address } = inject('node');
let api: Connected;
let leftovers: Leftovers;
let proxy: KillProxy;
let requests: Requests;
let start: Mark;
let operator: InstalledOperator;

beforeAll(async () => {
  api = await connectTo(kubeconfig);
  const counts = ({ metadata }: { metadata: { name: string; namespace?: string } }) =>
    metadata.name === namespace || metadata.namespace === namespace;
  leftovers = await watchForLeftovers({ client: api.client, counts });
  const direct = await loadConnection({ clock: systemClock, kubeconfig });
  const { ca } = (await direct.credentials()).tls;
  proxy = await startKillProxy({ upstream: { url: direct.server, ca }, host: address });
  requests = createRequests({ auditLog, client: api.client });
  start = await requests.mark();
  const chart = join(import.meta.dirname, 'fixtures/chart');
  const way = { url: proxy.faults.url, ca: proxy.faults.ca };
  const values = { image: 'node:24-slim' };
  operator = await installOperator({ api, kubeconfig, binaries, values, namespace, chart, proxy: way });
});

afterAll(async () => {
  await operator.uninstall();
  await api.client.delete(namespaces, { name: namespace });
  await proxy.close();
  await leftovers.expectNone(60_000);
  await api.close();
});

it('the pod goes through the proxy under the rights of its own service account', async () => {
  await until(() => proxy.writes.length >= 2, { deadlineMs: 30_000 });

  const counted = await requests.since(start, { user: userOf(account) });

  expect(counted.calls).toContainEqual(expect.objectContaining({ verb: 'create', resource: 'configmaps' }));
  expect(() => counted.expectNoneDenied()).toThrow(`list secrets ${namespace}/`);
  expect(unusedRights(await rulesOf(api.client, account), counted.entries)).toEqual(['configmaps: delete']);
});

it('shows its log and its metrics', async () => {
  expect(await operator.logs()).toContain('asked for secrets: 403');
  expect(await operator.metrics()).toBe('ticks_total 1\n');
});

it('is killed right after a write, which the server has done, and comes back', async () => {
  const { promise: killed, resolve, reject } = Promise.withResolvers<void>();
  const after = proxy.writes.length + 3;

  proxy.strike({ after, moment: 'AfterWrite', kill: () => void operator.kill().then(resolve, reject) });
  await killed;

  expect(proxy.writes).toHaveLength(after);
  expect(await api.client.get(configMaps, { namespace, name: `tick-${after}` })).toBeDefined();
  // It never heard of the last one.
  expect(await operator.logs()).not.toContain(`tick-${after}: 201`);
  proxy.resume();
  await operator.ready();
  await until(() => proxy.writes.length > after, { deadlineMs: 30_000 });
});
