import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { parseAllDocuments, stringify } from 'yaml';
import { annotations } from '../../src/objects/labels.ts';
import { removeNamespace, type TestCluster, testCluster } from '../../test/support/kinds/cluster.ts';
import { kubectl, type Output } from '../../test/support/kinds/kubectls.ts';
import { until } from '../../test/support/until.ts';
import { builtHelm } from './helm.ts';
import { renderChart } from './render.ts';

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
}

const namespace = 'people';
const operator = 'system:serviceaccount:vish-system:vish';
const names = new Set(['vish-viewer', 'vish-deployer', 'vish-admin', 'vish-actions']);
let cluster: TestCluster;
let folder: string;
let applied: Output;

beforeAll(async () => {
  cluster = await testCluster(namespace);
  folder = mkdtempSync(join(tmpdir(), 'vish-people-'));
  const documents = parseAllDocuments(await renderChart({ helm: await builtHelm() }));
  const rendered = documents.flatMap((document) => (document.toJS() as Manifest | null) ?? []);
  const ours = rendered.filter(({ metadata }) => names.has(metadata.name));
  applied = await apply([...ours, ...ownRoles, ...bindings, web]);
  await until(async () => (await as('patcher', ...changeSpec)).includes('you may set only annotations'));
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await admin('delete', '--wait=false', 'clusterrole', 'vish-viewer', 'vish-deployer', 'vish-admin');
  for (const kind of ['validatingadmissionpolicybinding', 'validatingadmissionpolicy'])
    await admin('delete', '--wait=false', kind, 'vish-actions');
  await removeNamespace(cluster);
});

const web = {
  apiVersion: 'vish.dev/v1alpha1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace, labels: { team: 'a' }, annotations: { note: 'kept', [annotations.retry]: '1' } },
  spec: { source: { image: 'registry.example.com/acme/web:1' }, workload: { port: 8080 } },
};

/** Rights of a kind that somebody may have given before there was a policy. */
const ownRoles = [roleOf('patching', ['get', 'patch']), roleOf('updating', ['get', 'create', 'update', 'patch'])];

const bindings = [
  binding('vera', 'ClusterRole', 'vish-viewer'),
  binding('dora', 'ClusterRole', 'vish-deployer'),
  binding('adam', 'ClusterRole', 'vish-admin'),
  binding('patcher', 'Role', 'patching'),
  binding('updater', 'Role', 'updating'),
  binding(operator, 'Role', 'patching'),
];

function roleOf(name: string, verbs: string[]) {
  const rules = [{ apiGroups: ['vish.dev'], resources: ['deployments'], verbs }];
  return { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name, namespace }, rules };
}

function binding(user: string, kind: string, name: string) {
  const apiGroup = 'rbac.authorization.k8s.io';
  return {
    apiVersion: `${apiGroup}/v1`,
    kind: 'RoleBinding',
    metadata: { name: user.split(':').at(-1), namespace },
    roleRef: { apiGroup, kind, name },
    subjects: [{ apiGroup, kind: 'User', name: user }],
  };
}

function admin(...args: string[]) {
  return kubectl(join(inject('kubectlFolder'), 'kubectl'), inject('kubeconfig'), ...args);
}

function apply(manifests: readonly object[]) {
  const file = join(folder, 'all.yaml');
  writeFileSync(file, manifests.map((manifest) => stringify(manifest)).join('---\n'));
  return admin('apply', '--server-side', '--force-conflicts', '--validate=strict', '-f', file);
}

/** What kubectl says; nothing is changed. */
async function as(user: string, ...args: string[]): Promise<string> {
  return (await admin(...args, '-n', namespace, '--as', user)).text;
}

const dry = '--dry-run=server';
const look = ['get', 'vd', 'web', '-o', 'name'];
const rollBack = ['annotate', dry, '--overwrite', 'vd', 'web', `${annotations.rollback}=1`];
const handOver = ['annotate', dry, 'vd', 'web', `${annotations.handOver}=deployment/web`];
const changeSpec = ['patch', dry, 'vd', 'web', '--type=merge', '-p', '{"spec":{"paused":true}}'];
const remove = ['delete', dry, 'vd', 'web'];
const onlyActions = 'you may set only annotations of actions';

const metadata = (change: object) => [
  'patch',
  dry,
  'vd',
  'web',
  '--type=merge',
  '-p',
  JSON.stringify({ metadata: change }),
];

const ownerOfWeb = { apiVersion: 'v1', kind: 'ConfigMap', name: 'a', uid: '7e2a3f4c-0000-4000-8000-000000000000' };
const changeStatus = ['patch', dry, 'vd', 'web', '--type=merge', '-p', '{"status":{"observedGeneration":9}}'];
const jsonPatch = ['patch', dry, 'vd', 'web', '--type=json', '-p', '[{"op":"add","path":"/spec/paused","value":true}]'];

it('the roles and the policy are applied under strict validation', () => {
  expect(applied).toMatchObject({ ok: true });
});

describe('people may', () => {
  it.each<[string, string, string[]]>([
    ['a viewer look', 'vera', look],
    ['a deployer look', 'dora', look],
    ['a deployer roll back', 'dora', rollBack],
    ['a deployer take an action away', 'dora', metadata({ annotations: { [annotations.retry]: null } })],
    ['an admin roll back', 'adam', rollBack],
    ['an admin hand over', 'adam', handOver],
    ['an admin change the spec', 'adam', changeSpec],
    ['an admin delete', 'adam', remove],
    ['somebody with the verb update change the spec', 'updater', changeSpec],
    ['the operator change the spec with patch alone', operator, changeSpec],
  ])('%s', async (_, user, args) => {
    expect(await as(user, ...args)).toMatch(/deployment\.vish\.dev\/web|"web" deleted/);
  });
});

describe('people may not', () => {
  it.each<[string, string, string[], string]>([
    ['a viewer roll back', 'vera', rollBack, 'cannot patch resource'],
    ['a deployer change the spec', 'dora', changeSpec, onlyActions],
    ['a deployer change another annotation', 'dora', metadata({ annotations: { note: 'other' } }), onlyActions],
    ['a deployer remove another annotation', 'dora', metadata({ annotations: { note: null } }), onlyActions],
    ['a deployer hand over', 'dora', handOver, 'you lack one of: hand-over'],
    ['a deployer change a label', 'dora', metadata({ labels: { team: 'b' } }), onlyActions],
    ['a deployer set a finalizer', 'dora', metadata({ finalizers: ['example.com/a'] }), onlyActions],
    ['a deployer delete', 'dora', remove, 'cannot delete resource'],
    ['a deployer set an owner', 'dora', metadata({ ownerReferences: [ownerOfWeb] }), onlyActions],
    ['a deployer change the status', 'dora', [...changeStatus, '--subresource=status'], 'deployments/status'],
    ['a deployer scale', 'dora', ['scale', dry, 'vd', 'web', '--replicas=9'], 'cannot patch resource'],
    ['a deployer replace a field by a JSON patch', 'dora', jsonPatch, onlyActions],
    ['somebody without the verb roll back', 'updater', rollBack, 'you lack one of: rollback'],
  ])('%s', async (_, user, args, why) => {
    expect(await as(user, ...args)).toContain(why);
  });

  it.each([
    ['change a field that another manager owns', 'web', { ...web.spec, paused: true }, onlyActions],
    ['take over the fields of another manager and drop them', 'web', { source: web.spec.source }, onlyActions],
    ['make a Deployment', 'made', web.spec, 'cannot create resource'],
  ])('a deployer %s by server-side apply', async (_, name, spec, why) => {
    const file = join(folder, `${name}.yaml`);
    writeFileSync(file, stringify({ ...web, metadata: { name, namespace }, spec }));
    const ways = ['--server-side', '--force-conflicts', '--field-manager=kubectl'];

    expect(await as('dora', 'apply', dry, ...ways, '-f', file)).toContain(why);
  });

  it('somebody without the verb make a Deployment with an action', async () => {
    const file = join(folder, 'new.yaml');
    writeFileSync(file, stringify({ ...web, metadata: { ...web.metadata, name: 'new' } }));

    expect(await as('updater', 'create', dry, '-f', file)).toContain('you lack one of: retry');
  });
});
