import { Registry } from 'prom-client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openApi } from '../../../test/support/api-client.ts';
import { aServer } from '../../../test/support/http.ts';
import { systemClock } from '../../seams/system.ts';
import type { KubeObject } from '../object/object.ts';
import type { Resource } from '../object/resource.ts';
import { Access } from './access.ts';
import { metricsPage } from './metrics-page.ts';

const namespace = 'access-test';
const core = { group: '', version: 'v1', namespaced: true };
const accounts: Resource = { ...core, kind: 'ServiceAccount', plural: 'serviceaccounts' };
const rbac = { group: 'rbac.authorization.k8s.io', version: 'v1', namespaced: false };
const roles: Resource<KubeObject & { rules: object[] }> = { ...rbac, kind: 'ClusterRole', plural: 'clusterroles' };
const bindings: Resource<KubeObject & { roleRef: object; subjects: object[] }> = {
  ...rbac,
  kind: 'ClusterRoleBinding',
  plural: 'clusterrolebindings',
};
let api: Awaited<ReturnType<typeof openApi>>;

beforeAll(async () => {
  api = await openApi(namespace);
});

afterAll(async () => {
  await api.client.delete(roles, { name: namespace });
  await api.client.delete(bindings, { name: namespace });
  await api.close();
});

async function aToken(name: string): Promise<string> {
  await api.client.create(accounts, { metadata: { namespace, name } });
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`;
  const body = JSON.stringify({ apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} });
  const headers = { 'content-type': 'application/json' };
  const answer = await api.transport.request({ method: 'POST', path, headers, body });
  const { status } = JSON.parse(answer.body.toString()) as { status: { token: string } };
  return status.token;
}

it('shows metrics to an account that may get them, to no other, and to nobody without a token', async () => {
  const { client } = api;
  await client.create(roles, {
    metadata: { name: namespace },
    rules: [{ nonResourceURLs: ['/metrics'], verbs: ['get'] }],
  });
  await client.create(bindings, {
    metadata: { name: namespace },
    roleRef: { apiGroup: rbac.group, kind: 'ClusterRole', name: namespace },
    subjects: [{ kind: 'ServiceAccount', namespace, name: 'reader' }],
  });
  const [reader, stranger] = await Promise.all([aToken('reader'), aToken('stranger')]);
  const access = new Access({ client, clock: systemClock });
  const { get } = aServer({ handler: access.protect(metricsPage(new Registry())) });
  const status = async (headers: Record<string, string>) => (await get('/metrics', { headers })).status;

  expect(await status({})).toBe(401);
  expect(await status({ authorization: 'Bearer nonsense' })).toBe(401);
  expect(await status({ authorization: `Bearer ${stranger}` })).toBe(403);
  expect(await status({ authorization: `Bearer ${reader}` })).toBe(200);
});
