import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { loadConnection } from '../../../src/kube/connection/load-connection.ts';
import { systemClock } from '../../../src/seams/system.ts';
import { configMaps, namespaces } from '../../support/resources.ts';
import { until } from '../../support/until.ts';
import { type Connected, connectTo } from '../connect.ts';
import { kubeconfigFile } from '../operator/kubeconfig.ts';
import { startProgram } from '../operator/program.ts';
import { endStateOf } from './end-state.ts';
import { expectSameEnd, type KillScenario, killPlans } from './kill-plan.ts';
import { type KillProxy, startKillProxy } from './kill-proxy.ts';
import type { Run } from './run.ts';

let api: Connected;
let proxy: KillProxy;
let kubeconfig: Awaited<ReturnType<typeof kubeconfigFile>>;

beforeAll(async () => {
  api = await connectTo(inject('kubeconfig'));
  const direct = await loadConnection({ clock: systemClock, kubeconfig: inject('kubeconfig') });
  const { ca, cert, key } = (await direct.credentials()).tls;
  proxy = await startKillProxy({ upstream: { url: direct.server, ca, cert, key } });
  kubeconfig = await kubeconfigFile({ server: proxy.faults.url, ca: proxy.faults.ca, namespace: 'default' });
});

afterAll(async () => {
  await kubeconfig.remove();
  await proxy.close();
  await api.close();
});

describe('an operator that is killed after every write', () => {
  it('passes when it always comes to the same end', async () => {
    const report = await killPlans(aScenario('none'));

    expectSameEnd(report);
    expect(report.text).toBe('4 writes, 8 plans (8 carried out), 0 ended differently');
  });
  it('carries out only the plans that are asked for, and tells of each', async () => {
    const told: number[] = [];
    const only = ({ after }: { after: number }) => after === 2;
    const report = await killPlans({ ...aScenario('none'), only, onResult: ({ after }) => told.push(after) });

    expect(report.text).toBe('4 writes, 2 plans (2 carried out), 0 ended differently');
    expect(told).toEqual([2, 2]);
  });
  it('is found out when it leaves an orphan', async () => {
    const report = await killPlans(aScenario('orphan'));

    expect(report.plans.filter(({ differences }) => differences.length > 0)).toEqual([
      expect.objectContaining({ after: 2, mishap: 'AfterWrite' }),
      expect.objectContaining({ after: 2, mishap: 'BeforeNext' }),
    ]);
    expect(report.text).toContain('+ configmaps second-CHANCE');
    expect(() => expectSameEnd(report)).toThrow('AfterWrite 2:');
  });
  it('is found out when it forgets what it began', async () => {
    const report = await killPlans({ ...aScenario('edge'), deadlineMs: 3_000 });

    expect(report.plans.filter(({ differences }) => differences.length > 0).map(({ after }) => after)).toEqual([3, 3]);
    expect(report.text).toContain('not within 3000 ms: the end of the run');
  });
});

describe('an operator that does not see how things are', () => {
  const mishaps = ['OneBehind', 'HalfBehind', 'LostEvents'] as const;

  it('does not get past a write for which something is prepared with one that it sends beside it', async () => {
    const operator = await connectTo(kubeconfig.path);
    const prepared = Promise.withResolvers<void>();
    const write = (name: string) => operator.client.create(configMaps, { metadata: { namespace: 'default', name } });
    const sent = () => proxy.faults.requests.filter(({ method }) => method === 'POST').length;
    proxy.forget();
    proxy.beforeWrite(1, () => prepared.promise);

    const writes = [write('prepared')];
    await until(() => sent() === 1);
    writes.push(write('beside'));
    await until(() => sent() === 2);
    // By now the other one would have been answered too.
    await operator.client.get(namespaces, { name: 'default' });
    expect(proxy.writes).toEqual([]);

    prepared.resolve();
    await Promise.all(writes);
    expect(proxy.writes.map(({ number }) => number)).toEqual([1, 2]);
    await operator.close();
  });
  it('passes when it comes to the same end', async () => {
    const report = await killPlans({ ...aScenario('none'), name: 'unseen-none', mishaps });

    expectSameEnd(report);
    expect(report.text).toBe('4 writes, 11 plans (11 carried out), 0 ended differently');
  });
  it('is found out when it believes an old list', async () => {
    const report = await killPlans({ ...aScenario('list'), mishaps: ['AfterWrite', 'OneBehind'] });

    expect(report.plans.filter(({ differences }) => differences.length > 0)).toEqual([
      expect.objectContaining({ after: 2, mishap: 'OneBehind' }),
    ]);
    expect(report.text).toContain('+ configmaps second-CHANCE');
  });
});

function aScenario(fault: 'none' | 'orphan' | 'list' | 'edge'): KillScenario {
  const wanted = ({ namespace }: Run) => ({ namespace, name: 'wanted' });
  return {
    name: `kill-${fault}`,
    proxies: [proxy],
    client: api.client,
    settleMs: 150,
    async start({ namespace }) {
      const program = startProgram(join(import.meta.dirname, 'sample-program.ts'), [kubeconfig.path, namespace, fault]);
      await until(() => program.output.includes('ready'), { describe: () => program.output });
      return program;
    },
    async apply(run) {
      await api.client.create(namespaces, { metadata: { name: run.namespace } });
      await api.client.create(configMaps, { metadata: wanted(run) });
    },
    until: async (run) => (await api.client.get(configMaps, wanted(run))).data?.['done'] === 'yes',
    endState: ({ namespace }) => endStateOf({ client: api.client, namespace, resources: [configMaps] }),
    remove: ({ namespace }) => api.client.delete(namespaces, { name: namespace }),
  };
}
