import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { until } from '../../test/support/until.ts';
import { run } from '../lib/run.ts';
import { builtHelm } from './helm.ts';
import { renderChart } from './render.ts';

/* What an API server makes of the chart, and what its policies let through. */

const operator = 'system:serviceaccount:vish-system:vish';
const buildNamespaces = ['chart-builds', 'chart-builds-untrusted'];
const jobController = 'system:serviceaccount:kube-system:job-controller';

async function kubectl(args: readonly string[], input = '') {
  const flags = ['--kubeconfig', inject('kubeconfig')];
  return run(join(inject('kubectlFolder'), 'kubectl'), [...flags, ...args], { input, allowFailure: true });
}

let folder: string;
let applied: { code: number; output: string };
beforeAll(async () => {
  // Other tests of this server may make builds in the usual namespace, and try the roles of people.
  const set = ['settings.builds.namespace=chart-builds', 'people.enabled=false', 'networkPolicy.enabled=true'];
  const text = await renderChart({ helm: await builtHelm(), set });
  folder = mkdtempSync(join(tmpdir(), 'vish-chart-'));
  const file = join(folder, 'all.yaml');
  writeFileSync(file, text);
  await kubectl(['create', 'namespace', 'vish-system']);
  await kubectl(['label', 'namespace', 'vish-system', 'pod-security.kubernetes.io/enforce=restricted']);
  applied = await kubectl(['apply', '--server-side', '--force-conflicts', '--validate=strict', '-f', file]);
  for (const namespace of buildNamespaces) {
    await until(async () => (await create(job, 'admin', namespace)).includes('only the operator'));
  }
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  const policies = 'validatingadmissionpolicybinding,validatingadmissionpolicy';
  for (const name of ['vish-builds', 'vish-secret-copies']) await kubectl(['delete', policies, name]);
  await kubectl(['delete', 'namespace', ...buildNamespaces, 'vish-system', '--wait=false']);
  await kubectl(['delete', 'clusterrole,clusterrolebinding', 'vish-operator']);
  await kubectl(['delete', 'clusterrole', 'vish-secret-copies']);
});

const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec: podSpec() };
const job = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'a' }, spec: { template: { spec: podSpec() } } };
const cronJob = {
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  metadata: { name: 'a' },
  spec: { schedule: '* * * * *', jobTemplate: { spec: job.spec } },
};
const claim = {
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'a' },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
};

/** As somebody who is in the group of administrators, so that only the policy can refuse. */
async function create(object: object, user: string, namespace: string): Promise<string> {
  const who = ['--as', user, '--as-group', 'system:masters'];
  const { output } = await kubectl(
    ['create', '--dry-run=server', '-n', namespace, ...who, '-f', '-'],
    JSON.stringify(object),
  );
  return output;
}

it('is applied whole under strict validation, and its pods fit a restricted namespace', () => {
  expect(applied.output).not.toContain('PodSecurity');
  expect(applied).toMatchObject({ code: 0 });
});

it.each([
  ['a Job of the operator', job, operator],
  ['a claim of the operator', claim, operator],
  ['a pod of the job controller', pod, jobController],
])('the build namespaces take %s', async (_what, object, user) => {
  for (const namespace of buildNamespaces)
    expect(await create(object, user, namespace)).toMatch(/created \(server dry run\)/);
});

it.each([
  ['a Job of an administrator', job, 'admin'],
  ['a claim of an administrator', claim, 'admin'],
  ['a pod of an administrator', pod, 'admin'],
  ['a pod of the operator itself', pod, operator],
  ['a Job of the job controller', job, jobController],
  ['a CronJob of the operator', cronJob, operator],
  ['a pod of another controller', pod, 'system:serviceaccount:kube-system:replicaset-controller'],
])('the build namespaces refuse %s', async (_what, object, user) => {
  for (const namespace of buildNamespaces)
    expect(await create(object, user, namespace)).toContain('only the operator may run something in this namespace');
});

it.each([
  ['copies of Secrets that belong to a release', {}, operator, 'created (server dry run)'],
  ['no token', { type: 'kubernetes.io/service-account-token' }, operator, 'only as copies'],
  ['no Secret of nobody', { metadata: { name: 'a' } }, operator, 'only as copies'],
  ['no Secret that can change', { immutable: false }, operator, 'only as copies'],
  ['what others want', { immutable: false }, 'admin', 'created (server dry run)'],
])('where it may create Secrets, the operator makes %s', async (_what, change, user, says) => {
  const owner = { apiVersion: 'apps/v1', kind: 'ControllerRevision', name: 'a-1', uid: 'u', controller: true };
  const annotations = { 'kubernetes.io/service-account.name': 'default' };
  const metadata = { name: 'a', annotations, ownerReferences: [owner] };
  const secret = { apiVersion: 'v1', kind: 'Secret', type: 'Opaque', metadata, immutable: true, ...change };

  expect(await create(secret, user, 'vish-system')).toContain(says);
});

it.each([
  ['exec', ['exec', 'a', '--', 'true']],
  ['attach', ['attach', 'a']],
])('the build namespaces let nobody into a pod that runs by %s', async (_what, command) => {
  const as = (user: string) => ['--as', user, '--as-group', 'system:masters'];
  for (const namespace of buildNamespaces) {
    await kubectl(['create', '-n', namespace, ...as(jobController), '-f', '-'], JSON.stringify(pod));

    const { output } = await kubectl(['-n', namespace, ...as('admin'), ...command]);

    expect(output).toContain('only the operator may run something in this namespace');
  }
});

function podSpec() {
  return { restartPolicy: 'Never', containers: [{ name: 'a', image: 'busybox' }] };
}
