import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import type { Deployment } from '../../src/crds/deployment/deployment.ts';
import type { ObjectKey } from '../../src/kube/object/key.ts';
import type { Resource } from '../../src/kube/object/resource.ts';
import { configMaps, pods, secrets as secretObjects } from '../../src/objects/core.ts';
import { deployments } from '../../src/objects/vish.ts';
import { removeNamespace, type TestCluster, testCluster } from '../support/kinds/cluster.ts';
import { until } from '../support/until.ts';
import { type Connected, connectTo } from './connect.ts';
import { watchStatuses } from './kstatus/status-watch.ts';
import { untilStatus } from './kstatus/until-status.ts';
import type { Observed } from './kstatus/version.ts';
import { watchForLeftovers } from './leaks/leftovers.ts';
import { createRequests } from './requests/requests.ts';
import { rulesOf } from './requests/rights.ts';
import { openObjects, operatorPlaces } from './secrets/places.ts';
import { createSecrets } from './secrets/secrets.ts';

const namespace = 'harness';
const key: ObjectKey = { namespace, name: 'web' };
let cluster: TestCluster;
let api: Connected;

beforeAll(async () => {
  cluster = await testCluster(namespace);
  api = await connectTo(inject('kubeconfig'));
});

afterAll(async () => {
  await api.close();
  await removeNamespace(cluster);
});

it('a status that breaks a rule for one version only is found, although the next one is good', async () => {
  const watch = await watchStatuses({ transport: api.transport, namespace });
  await expect(watch.close()).rejects.toThrow('nothing was checked');

  const second = await watchStatuses({ transport: api.transport, namespace });
  await api.client.create(deployments, aDeployment());
  const waiting = untilStatus('Current', { client: api.client, resource: deployments as Resource<Observed>, key });
  await writeStatus('Unknown', 'RollingOut');
  await writeStatus('True', 'ReleaseLive');
  await waiting;
  await until(() => second.versions >= 3);

  expect(second.violations.map(({ code }) => code)).toEqual(['FAIL0011']);
  await expect(second.close()).rejects.toThrow(/FAIL0011 Deployment harness\/web at \d+: Ready=Unknown only together/);
  await api.client.delete(deployments, key);
});

it('waiting for success ends as soon as the object says that it failed', async () => {
  await api.client.create(deployments, aDeployment());
  const stalled = { status: 'True', reason: 'ReleaseFailed', message: 'No pod became ready.' };
  const conditions = [
    { type: 'Stalled', ...stalled, observedGeneration: 1, lastTransitionTime: '2026-01-01T00:00:00Z' },
  ];
  const patch = { status: { observedGeneration: 1, conditions } };
  await api.client.patch(deployments, key, patch, { type: 'merge', subresource: 'status' });

  const waiting = untilStatus('Current', { client: api.client, resource: deployments as Resource<Observed>, key });

  await expect(waiting).rejects.toThrow('harness/web failed: No pod became ready.');
  await api.client.delete(deployments, key);
});

it('requests between two marks are counted by verb and resource, those before and after are not', async () => {
  const requests = createRequests({ auditLog: inject('auditLog'), client: api.client });
  const user = 'admin';
  await api.client.list(pods, { namespace });
  const from = await requests.mark();
  await api.client.list(configMaps, { namespace });
  await api.client.create(configMaps, { metadata: { namespace, name: 'counted' } });
  const to = await requests.mark();
  await api.client.delete(configMaps, { namespace, name: 'counted' });

  const { calls } = await requests.since(from, { user, to });

  const ours = calls.filter(({ resource }) => resource === 'configmaps' || resource === 'pods');
  expect(ours).toEqual([
    { verb: 'create', resource: 'configmaps', count: 1 },
    { verb: 'list', resource: 'configmaps', count: 1 },
  ]);
});

it('rights of a service account come from its own bindings alone', async () => {
  const role = { apiGroups: [''], resources: ['pods'], verbs: ['get'] };
  const metadata = { namespace, name: 'reader' };
  const rbac = '/apis/rbac.authorization.k8s.io/v1';
  const subjects = (name: string) => [{ kind: 'ServiceAccount', name, namespace }];
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' };
  const post = (plural: string, body: object) =>
    cluster.call({ method: 'POST', path: `${rbac}/namespaces/${namespace}/${plural}`, body });
  await post('roles', { metadata, rules: [role] });
  await post('rolebindings', { metadata, roleRef, subjects: subjects('vish') });

  expect(await rulesOf(api.client, { namespace, name: 'vish' })).toEqual([role]);
  expect(await rulesOf(api.client, { namespace, name: 'other' })).toEqual([]);
});

it('a secret in the open is found, one in a Secret is where it belongs', async () => {
  const secrets = createSecrets();
  const password = secrets.plant('password');
  const metadata = { namespace, name: 'planted' };
  await api.client.create(secretObjects, { metadata, stringData: { password } });
  expect(secrets.find(await openObjects(api.client))).toEqual([]);

  await api.client.create(configMaps, { metadata, data: { url: Buffer.from(`git:${password}`).toString('base64') } });

  const operator = { logs: async () => `token=${password}`, metrics: async () => '' };
  expect(secrets.find(await operatorPlaces(operator))).toMatchObject([{ secret: 'password', where: 'the log' }]);
  expect(secrets.find(await openObjects(api.client))).toMatchObject([
    { secret: 'password', where: 'configmaps harness/planted' },
  ]);
});

it('what a suite leaves is named, and nothing that was there before', async () => {
  const leftovers = await watchForLeftovers({
    client: api.client,
    counts: ({ metadata }) => metadata.namespace === namespace,
  });
  await api.client.create(secretObjects, { metadata: { namespace, name: 'left' } });

  await expect(leftovers.expectNone(300)).rejects.toThrow('left behind after 300 ms:\n  secrets harness/left');
  await api.client.delete(secretObjects, { namespace, name: 'left' });
  await leftovers.expectNone(5_000);
});

function aDeployment(): Deployment {
  const spec = { source: { image: 'shop.test/web:1' }, workload: { port: 8080 } };
  return { apiVersion: 'vish.dev/v1alpha1', kind: 'Deployment', metadata: { ...key }, spec } as Deployment;
}

async function writeStatus(status: string, reason: string): Promise<void> {
  const lastTransitionTime = '2026-01-01T00:00:00Z';
  const ready = { type: 'Ready', status, reason, message: reason, observedGeneration: 1, lastTransitionTime };
  const state = reason === 'RollingOut' ? 'RollingOut' : 'Ready';
  const patch = { status: { observedGeneration: 1, state, conditions: [ready] } };
  await api.client.patch(deployments, key, patch, { type: 'merge', subresource: 'status' });
}
