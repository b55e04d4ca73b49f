import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ApiServer, startApiServer } from '../../../hack/cluster/api-server.ts';
import { loadConnection } from '../../../src/kube/connection/load-connection.ts';
import type { Client, KubeObject, Resource } from '../../../src/kube/index.ts';
import { systemClock } from '../../../src/seams/system.ts';
import { testCluster } from '../../support/kinds/cluster.ts';
import { until } from '../../support/until.ts';
import { connectTo } from '../connect.ts';
import { createRequests } from '../requests/requests.ts';
import { userOf } from '../requests/rights.ts';
import { kubeconfigFile } from './kubeconfig.ts';
import { startLocalOperator } from './local-operator.ts';
import { tokenOf } from './token.ts';

// Of its own: an operator looks at every namespace, and would take the objects of other suites for its own.
let server: ApiServer;
beforeAll(async () => {
  server = await startApiServer({ name: `local-operator-${process.pid}` });
  const kinds = await testCluster('local-operator', server.kubeconfig);
  await kinds.close();
});
afterAll(() => server.stop());

it('runs the operator from source, and shows its log and metrics', async () => {
  const operator = await startLocalOperator({ kubeconfig: server.kubeconfig });
  try {
    await until(async () => (await operator.logs()).includes('starting'));
    expect(await operator.metrics()).toContain('rest_client_');
  } finally {
    await operator.stop();
  }
  expect(await operator.metrics()).toBe('');
});

it('says why the operator did not start', async () => {
  const starting = startLocalOperator({ kubeconfig: server.kubeconfig, args: ['--log-level=loud'] });

  await expect(starting).rejects.toThrow(/ended with 2:[^]*loud/);
});

it('runs under the rights of a service account, and what it may not do is counted as denied', async () => {
  const account = { namespace: 'default', name: 'default' };
  const api = await connectTo(server.kubeconfig);
  const direct = await loadConnection({ clock: systemClock, kubeconfig: server.kubeconfig });
  const { ca = '' } = (await direct.credentials()).tls;
  const user = { token: await tokenOf(api.transport, account) };
  const kubeconfig = await kubeconfigFile({ server: direct.server, ca, namespace: 'default', user });
  await letRead(api.client, account);
  const requests = createRequests({ auditLog: server.auditLog, client: api.client });
  const start = await requests.mark();

  const operator = await startLocalOperator({ kubeconfig: kubeconfig.path, leaderElect: true });
  await until(async () => (await requests.since(start, { user: userOf(account) })).denied.length > 0);
  await operator.kill();
  const counted = await requests.since(start, { user: userOf(account) });
  await kubeconfig.remove();
  await api.close();

  expect(() => counted.expectNoneDenied()).toThrow('leases.coordination.k8s.io default/vish');
  expect(counted.entries.every(({ userAgent }) => userAgent.startsWith('vish/'))).toBe(true);
});

const rbac = { group: 'rbac.authorization.k8s.io', version: 'v1', namespaced: false };
const roles: Resource = { ...rbac, kind: 'ClusterRole', plural: 'clusterroles' };
const bindings: Resource = { ...rbac, kind: 'ClusterRoleBinding', plural: 'clusterrolebindings' };

/** What an operator needs to fill its caches, and not the lease. */
async function letRead(client: Client, account: { namespace: string; name: string }): Promise<void> {
  const metadata = { name: 'reader' };
  const apiGroups = ['', 'apps', 'batch', 'policy', 'vish.dev'];
  const rules = [{ apiGroups, resources: ['*'], verbs: ['get', 'list', 'watch'] }];
  await client.create(roles, { metadata, rules } as KubeObject);
  const roleRef = { apiGroup: rbac.group, kind: 'ClusterRole', name: 'reader' };
  const subjects = [{ kind: 'ServiceAccount', ...account }];
  await client.create(bindings, { metadata, roleRef, subjects } as KubeObject);
}
