import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { removeNamespace, type TestCluster, testCluster } from '../../test/support/kinds/cluster.ts';
import { kubectl, machineKubectl, oldKubectl } from '../../test/support/kinds/kubectls.ts';
import { samplesFolder } from '../../test/support/kinds/samples.ts';
import { kinds } from './kinds.ts';

const lastAppliedLimit = 256 * 1024;
const current = join(inject('kubectlFolder'), 'kubectl');
const old = await oldKubectl();
const clients: { name: string; binary: string | undefined; takesWholeGroup: boolean }[] = [
  { name: 'the kubectl of Debian 12 (1.20)', binary: old, takesWholeGroup: false },
  { name: "the machine's kubectl", binary: await machineKubectl(), takesWholeGroup: true },
  { name: 'the current kubectl', binary: current, takesWholeGroup: true },
];

let cluster: TestCluster;
let discovery: string;
beforeAll(async () => {
  cluster = await testCluster('crds-kubectl');
  discovery = await mkdtemp(join(tmpdir(), 'vish-kubectl-'));
  const applied = await client(current, 'apply', '-f', samplesFolder);
  if (!applied.ok) throw new Error(`the samples were refused: ${applied.text}`);
});
afterAll(async () => {
  await removeNamespace(cluster);
  await rm(discovery, { recursive: true, force: true });
});

/** With a discovery cache of its own, so that no older answer stands in for this server's. */
function client(binary: string, ...args: string[]) {
  return kubectl(binary, inject('kubeconfig'), `--cache-dir=${discovery}`, `--namespace=${cluster.namespace}`, ...args);
}

describe.each(clients)('$name', ({ binary = '', takesWholeGroup }) => {
  it.skipIf(binary === '')('shows our Deployments by the start of their group, with their columns', async () => {
    const { ok, text } = await client(binary, 'get', 'deployments.vish');

    expect({ ok, text }).toMatchObject({ ok: true });
    expect(text).toMatch(/NAME +READY +STATE +STRATEGY +STEP +WEIGHT +URL +AGE/);
    expect(text).toMatch(/shop-web-eu +.*Canary/);
  });

  it.skipIf(binary === '')('shows every kind as vish', async () => {
    const { ok, text } = await client(binary, 'get', 'vish');

    expect({ ok, text }).toMatchObject({ ok: true });
    for (const name of [
      'project.vish.dev/shop',
      'deployment.vish.dev/hello',
      'build.vish.dev/hello-by-hand',
      'target.vish.dev/ecs-frankfurt',
    ]) {
      expect(text).toContain(name);
    }
  });

  it.skipIf(binary === '')('explains by the short name', async () => {
    const { ok, text } = await client(binary, 'explain', 'vd.spec.strategy');

    expect({ ok, text }).toMatchObject({ ok: true });
    expect(text).toMatch(/How a release replaces\s+the one before it/);
    expect(text).toContain('progressDeadlineSeconds');
  });

  it.skipIf(binary === '')(
    `${takesWholeGroup ? 'explains' : 'does not explain'} by the whole group, as the reference says`,
    async () => {
      const { ok, text } = await client(binary, 'explain', 'deployments.vish.dev.spec.strategy');

      expect({ ok, text }).toMatchObject({ ok: takesWholeGroup });
      expect(text.includes('progressDeadlineSeconds')).toBe(takesWholeGroup);
    },
  );

  it.skipIf(binary === '')('does not explain by the start of the group, as the reference says', async () => {
    const { ok, text } = await client(binary, 'explain', 'deployments.vish.spec.strategy');

    expect(ok).toBe(false);
    expect(text).toContain('does not exist');
  });
});

it.each(kinds.map(({ plural }) => plural))(
  'applies the CRD of %s from the client, whose copy fits into the annotation',
  async (plural) => {
    const applied = await client(current, 'apply', '-f', `config/crd/${plural}.yaml`);
    const { text } = await client(current, 'get', 'crd', `${plural}.vish.dev`, '-o', 'json');

    expect(applied).toMatchObject({ ok: true });
    const { metadata } = JSON.parse(text) as { metadata: { annotations: Record<string, string> } };
    const copy = metadata.annotations['kubectl.kubernetes.io/last-applied-configuration'] ?? '';
    expect(copy.length).toBeGreaterThan(1000);
    expect(Buffer.byteLength(copy)).toBeLessThan(lastAppliedLimit / 2);
  },
);
