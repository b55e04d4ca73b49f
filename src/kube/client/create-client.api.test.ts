import { afterAll, afterEach, beforeAll, expect, inject, it } from 'vitest';
import { cutAfter, goaway, reset, respond, splitInto } from '../../../test/support/fault-proxy/actions.ts';
import { type FaultProxy, startFaultProxy } from '../../../test/support/fault-proxy/fault-proxy.ts';
import { type LeakDetector, watchForLeaks } from '../../../test/support/leaks/open-handles.ts';
import { sentRequests } from '../../../test/support/request-loops/sent.ts';
import { type ConfigMap, configMaps, namespaces } from '../../../test/support/resources.ts';
import { systemClock, systemRandom } from '../../seams/system.ts';
import { type Connection, fixedConnection } from '../connection/connection.ts';
import { loadConnection } from '../connection/load-connection.ts';
import type { KubeObject } from '../object/object.ts';
import type { Resource } from '../object/resource.ts';
import { createTransport } from '../transport/create-transport.ts';
import type { Protocol } from '../transport/pools.ts';
import type { Transport } from '../transport/transport.ts';
import type { Client } from './client.ts';
import { createClient } from './create-client.ts';
import { listAll } from './list-all.ts';

interface Workload extends KubeObject {
  spec?: unknown;
  status?: { replicas?: number };
}

const secrets: Resource<ConfigMap> = { ...configMaps, kind: 'Secret', plural: 'secrets' };
const deployments: Resource<Workload> = {
  group: 'apps',
  version: 'v1',
  kind: 'Deployment',
  plural: 'deployments',
  namespaced: true,
};
const reviews: Resource<KubeObject & { status?: { userInfo: { username: string; groups: string[] } } }> = {
  group: 'authentication.k8s.io',
  version: 'v1',
  kind: 'SelfSubjectReview',
  plural: 'selfsubjectreviews',
  namespaced: false,
};

const namespace = 'client-test';
const open: Transport[] = [];
let leaks: LeakDetector;
let connection: Connection;
let proxy: FaultProxy;
let client: Client;
let serial = 0;

beforeAll(async () => {
  leaks = watchForLeaks();
  connection = await loadConnection({ clock: systemClock, kubeconfig: inject('kubeconfig') });
  const { ca, cert, key } = (await connection.credentials()).tls;
  proxy = await startFaultProxy({ upstream: { url: connection.server, ca, cert, key } });
  client = clientOf(transportTo(fixedConnection(proxy.url, { ca: proxy.ca })));
  await client.create(namespaces, { metadata: { name: namespace } });
});

afterEach(() => proxy.clearFaults());

afterAll(async () => {
  await client.delete(namespaces, { name: namespace });
  await Promise.all(open.map((transport) => transport.close()));
  await proxy.close();
  await leaks.expectNone();
});

function transportTo(to: Connection, protocol: Protocol = 'auto'): Transport {
  const transport = createTransport({ connection: to, clock: systemClock, random: systemRandom, protocol });
  open.push(transport);
  return transport;
}

function clientOf(transport: Transport): Client {
  return createClient({ transport, clock: systemClock, fieldManager: 'client-test' });
}

function fresh(data: Record<string, string> = {}): ConfigMap & { metadata: { name: string; namespace: string } } {
  return { metadata: { namespace, name: `config-${++serial}` }, data };
}

it('creates, gets, updates, lists and deletes', async () => {
  const created = await client.create(configMaps, fresh({ a: '1' }));
  const key = { namespace, name: created.metadata.name };

  const updated = await client.update(configMaps, { ...created, data: { a: '2' } });
  const listed = await client.list(configMaps, { namespace, fieldSelector: `metadata.name=${key.name}` });
  await client.delete(configMaps, key, { preconditions: { uid: updated.metadata.uid } });

  expect(listed.items.map(({ kind, data }) => [kind, data])).toEqual([['ConfigMap', { a: '2' }]]);
  await expect(client.get(configMaps, key)).rejects.toMatchObject({
    code: 'NotFound',
    message: `get configmaps ${namespace}/${key.name}: configmaps "${key.name}" not found`,
  });
});

it('applies twice without a second version, takes fields by force and keeps to its own', async () => {
  const intent = fresh({ mine: '1' });
  const first = await client.apply(configMaps, intent);
  const second = await client.apply(configMaps, intent);

  await client.apply(configMaps, { ...intent, data: { mine: '2' } }, { fieldManager: 'rival' });
  const polite = client.apply(configMaps, intent, { force: false });

  expect(second.metadata.resourceVersion).toBe(first.metadata.resourceVersion);
  await expect(polite).rejects.toMatchObject({ code: 'Conflict', causes: [{ field: '.data.mine' }] });
});

it('patches by merge, by JSON Patch with a test, and status apart from spec', async () => {
  const { name } = fresh().metadata;
  const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } };
  const spec = { replicas: 0, selector: { matchLabels: { a: 'b' } }, template };
  const made = await client.create(deployments, { metadata: { namespace, name }, spec });
  const key = { namespace, name };

  await client.patch(deployments, key, { metadata: { labels: { x: 'y' } } }, { type: 'merge' });
  const stale = [{ op: 'test', path: '/metadata/resourceVersion', value: made.metadata.resourceVersion }];
  const scaled = await client.patch(
    deployments,
    key,
    { spec: { replicas: 1 } },
    { type: 'merge', subresource: 'scale' },
  );

  expect(scaled.kind).toBe('Scale');
  await expect(client.patch(deployments, key, stale, { type: 'json' })).rejects.toMatchObject({ code: 'Invalid' });
});

it('tells the bad ends apart', async () => {
  const object = await client.create(configMaps, fresh({ a: '1' }));
  const key = { namespace, name: object.metadata.name };
  const typo = { ...fresh(), dada: {} };
  const unknown: Resource = { ...deployments, group: 'nobody.example.com' };
  const stale = { ...object, metadata: { ...object.metadata, resourceVersion: '1' } };

  await expect(client.create(configMaps, { metadata: key })).rejects.toMatchObject({ code: 'AlreadyExists' });
  await expect(client.update(configMaps, stale)).rejects.toMatchObject({ code: 'Conflict' });
  await expect(client.create(configMaps, typo)).rejects.toMatchObject({
    code: 'Invalid',
    message: /unknown field "dada"/,
  });
  await expect(client.create(deployments, { metadata: key, spec: {} })).rejects.toMatchObject({
    code: 'Invalid',
    causes: expect.arrayContaining([expect.objectContaining({ field: 'spec.selector' })]) as unknown,
  });
  await expect(client.get(unknown, key)).rejects.toMatchObject({
    code: 'Unsupported',
    message: /CustomResourceDefinition/,
  });
  await expect(client.delete(configMaps, key, { preconditions: { uid: 'other' } })).rejects.toMatchObject({
    code: 'Conflict',
  });
  await expect(client.list(configMaps, { namespace, continue: 'x', limit: 1 })).rejects.toMatchObject({
    code: 'Invalid',
  });
});

it('keeps values of Secrets out of errors when the server quotes them', async () => {
  const secret = { ...fresh(), data: { password: 'not base64: hunter2' } };

  const message = await client.create(secrets, secret).catch((error: Error) => error.message);

  expect(message).toMatch(/^create secrets client-test\/config-\d+: BadRequest/);
  expect(message).not.toContain('hunter2');
});

it('stores nothing on a dry run', async () => {
  const object = fresh();

  await client.create(configMaps, object, { dryRun: true });

  await expect(client.get(configMaps, { ...object.metadata })).rejects.toMatchObject({ code: 'NotFound' });
});

it('walks through pages of one version', async () => {
  await Promise.all(
    Array.from({ length: 7 }, () =>
      client.create(configMaps, { ...fresh(), metadata: { ...fresh().metadata, labels: { page: 'yes' } } }),
    ),
  );

  const names = new Set<string>();
  for await (const { metadata } of listAll(client, configMaps, { namespace, labelSelector: 'page=yes', limit: 3 })) {
    names.add(metadata.name);
  }

  expect(names.size).toBe(7);
});

it.each(['h1', 'h2'] as const)('acts as somebody else, group by group (%s)', async (protocol) => {
  const acting = await loadConnection({
    clock: systemClock,
    kubeconfig: inject('kubeconfig'),
    impersonate: { user: 'ada', groups: ['devs', 'a, b'] },
  });

  const review = await clientOf(transportTo(acting, protocol)).create(reviews, { metadata: {} });

  expect(review.status?.userInfo).toMatchObject({ username: 'ada', groups: ['devs', 'a, b', 'system:authenticated'] });
  const refused = clientOf(transportTo(acting, protocol)).get(secrets, { namespace, name: 'x' });
  await expect(refused).rejects.toMatchObject({ code: 'Forbidden', message: /^get secrets client-test\/x: Forbidden/ });
});

it('gets its answer through resets, 429 and small pieces', async () => {
  const { metadata } = await client.create(configMaps, fresh({ text: 'žluťoučký 🐎'.repeat(50) }));
  const key = { namespace, name: metadata.name };
  proxy.fault({ action: reset(), times: 1 });
  proxy.fault({ action: respond(429, { retryAfterSeconds: 0 }), times: 1 });
  proxy.fault({ action: splitInto(3), times: 1 });

  const reads = [
    await client.get(configMaps, key),
    await client.get(configMaps, key),
    await client.get(configMaps, key),
  ];

  expect(reads.map(({ data }) => data?.['text'])).toEqual(Array(3).fill('žluťoučký 🐎'.repeat(50)));
});

it('loses no call when the server says goodbye under load', async () => {
  const busy = clientOf(transportTo(fixedConnection(proxy.url, { ca: proxy.ca }), 'h2'));
  proxy.fault({ match: '/configmaps', action: goaway(), times: 3 });

  const made = await Promise.all(Array.from({ length: 50 }, () => busy.create(configMaps, fresh())));

  expect(new Set(made.map(({ metadata }) => metadata.uid)).size).toBe(50);
});

it('says that an answer was cut, and does not give half of it', async () => {
  proxy.fault({ match: '/configmaps', action: cutAfter(50, 'connection') });

  await expect(client.list(configMaps, { namespace })).rejects.toMatchObject({
    code: 'Unavailable',
    message: /^list configmaps in client-test: GET \/api\/v1\/namespaces\/client-test\/configmaps: no complete answer/,
  });
});

it('follows a watch over the streams pool', async () => {
  const transport = transportTo(connection);
  const { metadata } = await client.list(configMaps, { namespace, limit: 1 });
  const query = `watch=1&resourceVersion=${metadata.resourceVersion}&timeoutSeconds=30`;
  const stream = await transport.stream({ method: 'GET', path: `/api/v1/namespaces/${namespace}/configmaps?${query}` });
  const object = await client.create(configMaps, fresh());

  let text = '';
  for await (const chunk of stream.body) {
    text += chunk.toString();
    if (text.includes('\n')) break;
  }

  expect(JSON.parse(text.split('\n')[0] ?? '')).toMatchObject({
    type: 'ADDED',
    object: { metadata: { uid: object.metadata.uid } },
  });
});

it.each(['h1', 'h2'] as const)('keeps to few connections for 20 watches and 2,000 calls (%s)', async (protocol) => {
  const transport = transportTo(fixedConnection(proxy.url, { ca: proxy.ca }), protocol);
  const before = proxy.tcp.opened();
  const watch = {
    method: 'GET',
    path: `/api/v1/namespaces/${namespace}/configmaps?watch=1&timeoutSeconds=60`,
  } as const;
  await Promise.all(Array.from({ length: 20 }, () => transport.stream(watch)));
  const path = '/api/v1/namespaces/kube-system';
  sentRequests.allow(`GET ${path}`, 2 * 2 * 2000); // both protocols, and once more from the fault proxy

  const answers = await Promise.all(Array.from({ length: 2000 }, () => transport.request({ method: 'GET', path })));

  expect(answers.every(({ status }) => status === 200)).toBe(true);
  expect(proxy.tcp.opened() - before).toBeLessThanOrEqual(protocol === 'h2' ? 4 : 12 + 20);
});
