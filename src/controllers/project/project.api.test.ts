import { Registry } from 'prom-client';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { openApi } from '../../../test/support/api-client.ts';
import { removeNamespace, type TestCluster, testCluster } from '../../../test/support/kinds/cluster.ts';
import { recordingLogger } from '../../../test/support/recording-logger.ts';
import { until } from '../../../test/support/until.ts';
import { within } from '../../../test/support/within.ts';
import { findCondition } from '../../crds/conditions/conditions.ts';
import type { Deployment } from '../../crds/deployment/deployment.ts';
import type { Project } from '../../crds/project/project.ts';
import { ConsistencyMetrics } from '../../kube/consistency/metrics.ts';
import { type Client, type Controller, ControllerMetrics, InformerCache, isKubeError } from '../../kube/index.ts';
import { isControlledBy } from '../../kube/owner/owner.ts';
import { deployments, projects } from '../../objects/vish.ts';
import { namespacedResource, type Read } from '../../objects/wire.ts';
import { systemClock, systemRandom } from '../../seams/system.ts';
import { createProjectController } from './create.ts';
import { smallest } from './test-builders.ts';

const quotas = namespacedResource('', 'v1', 'ResourceQuota', 'resourcequotas');
const namespace = 'project-controller';
const production = { name: 'production', branch: 'main' };

let cluster: TestCluster;
let api: Awaited<ReturnType<typeof openApi>>;
let stop: () => Promise<void>;
/** Writes of the controller, as `apply deployments`. */
let writes: string[];
let events: { reason: string; note: string }[];
let serial = 0;
let name: string;

beforeAll(async () => {
  cluster = await testCluster('project-controller-kinds');
  api = await openApi(namespace);
});

afterAll(async () => {
  await removeNamespace(cluster);
  await api.close();
});

beforeEach(async () => {
  name = `shop${++serial}`;
  writes = [];
  events = [];
  stop = await startController();
});

afterEach(() => stop());

async function startController(): Promise<() => Promise<void>> {
  const logger = recordingLogger();
  const seams = { clock: systemClock, random: systemRandom, logger };
  const cache = new InformerCache({ transport: api.transport, ...seams, freeze: true });
  const registry = new Registry();
  const controller: Controller = createProjectController({
    client: counted(api.client),
    cache: within(cache, namespace),
    ...seams,
    metrics: new ControllerMetrics(registry),
    consistency: new ConsistencyMetrics(registry),
    recorder: { record: ({ reason, note }) => void events.push({ reason, note }) },
  });
  const stopping = new AbortController();
  const running = cache.run(stopping.signal);
  await controller.start();
  return async () => {
    await controller.stop(5_000);
    stopping.abort();
    await running;
  };
}

function counted(client: Client): Client {
  return new Proxy(client, {
    get(target, method: keyof Client) {
      const call = target[method] as (resource: { plural: string }, ...rest: unknown[]) => unknown;
      return (resource: { plural: string }, ...rest: unknown[]) => {
        writes.push(`${method} ${resource.plural}`);
        return call.call(target, resource, ...rest);
      };
    },
  });
}

function apply(spec: object): Promise<Read<Project>> {
  const object = { metadata: { namespace, name }, spec: { ...smallest, ...spec } } as unknown as Project;
  return api.client.apply(projects, object, { fieldManager: 'user' });
}

function claim(deployment: string, environment: string): Promise<Read<Deployment>> {
  const spec = { projectRef: { name }, environment, source: { branch: 'main' } };
  const object = { metadata: { namespace, name: deployment }, spec } as unknown as Deployment;
  return api.client.apply(deployments, object, { fieldManager: 'user' });
}

const read = (of = name) => api.client.get(projects, { namespace, name: of });
const deployment = (of: string) => api.client.get(deployments, { namespace, name: of });

async function exists(of: string): Promise<boolean> {
  return deployment(of).then(
    ({ metadata }) => metadata.deletionTimestamp === undefined,
    (error: unknown) => {
      if (isKubeError(error, 'NotFound')) return false;
      throw error;
    },
  );
}

/** Waits until the Project says so, about its present spec. */
async function untilReady(reason: string): Promise<Read<Project>> {
  let seen: Read<Project> | undefined;
  const settled = async () => {
    seen = await read();
    const { status, metadata } = seen;
    return (
      findCondition(status?.conditions ?? [], 'Ready')?.reason === reason &&
      status?.observedGeneration === metadata.generation
    );
  };
  await until(settled, { describe: () => seen?.status });
  return seen ?? read();
}

it('makes the Deployments of its environments, with one write each and one of the status, and then nothing', async () => {
  await apply({ workload: { port: 8080 }, environments: [production, { name: 'staging', tag: 'v1' }] });

  const project = await untilReady('ProjectReady');

  const made = await deployment(`${name}-production`);
  expect(made.spec).toMatchObject({ projectRef: { name }, environment: 'production', source: { branch: 'main' } });
  expect(made.spec.workload).toMatchObject({ port: 8080, scale: { replicas: 1 }, memory: '512Mi' });
  expect(isControlledBy(made, project)).toBe(true);
  expect(project.status?.environments?.map((each) => each.deployment)).toEqual([
    `${name}-production`,
    `${name}-staging`,
  ]);
  expect(project.status?.conditions?.map(({ type }) => type)).toEqual(['Ready']);
  await apply({ workload: { port: 8081 }, environments: [production, { name: 'staging', tag: 'v1' }] });
  await untilReady('ProjectReady');
  const applied = ['apply deployments', 'apply deployments'];
  expect(writes).toEqual([...applied, 'patch projects', ...applied, 'patch projects']);
});

it('sends nothing for an environment that did not change', async () => {
  await apply({ environments: [production] });
  await untilReady('ProjectReady');
  writes.length = 0;

  await apply({ environments: [production, { name: 'staging', branch: 'next' }] });
  await untilReady('ProjectReady');

  expect(writes).toEqual(['apply deployments', 'patch projects']);
});

it('sends a Deployment nothing again because its status moved', async () => {
  await apply({ environments: [production] });
  await untilReady('ProjectReady');
  writes.length = 0;

  const key = { namespace, name: `${name}-production` };
  await api.client.patch(deployments, key, { status: { state: 'Building' } }, { type: 'merge', subresource: 'status' });
  await until(async () => (await read()).status?.environments?.[0]?.state === 'Building');

  expect(writes).toEqual(['patch projects']);
});

it('shows the state of a Deployment, and takes out what an override no longer says', async () => {
  await apply({ environments: [{ ...production, overrides: [{ service: name, workload: { memory: '2Gi' } }] }] });
  await untilReady('ProjectReady');
  expect((await deployment(`${name}-production`)).spec.workload.memory).toBe('2Gi');

  await apply({ environments: [production] });
  const status = { status: { state: 'Building' } };
  await until(async () => (await deployment(`${name}-production`)).spec.workload.memory === '512Mi');
  const key = { namespace, name: `${name}-production` };
  await api.client.patch(deployments, key, status, { type: 'merge', subresource: 'status' });

  await until(async () => (await read()).status?.environments?.[0]?.state === 'Building');
  expect(findCondition((await read()).status?.conditions ?? [], 'Ready')?.reason).toBe('ProjectReady');
});

it('leaves alone what a person set on its Deployment, as the how-to page on suspending says', async () => {
  await apply({ environments: [production] });
  await untilReady('ProjectReady');
  const key = { namespace, name: `${name}-production` };
  await api.client.patch(deployments, key, { spec: { suspend: true } }, { type: 'merge' });

  await apply({ workload: { port: 8081 }, environments: [production] });
  await until(async () => (await deployment(key.name)).spec.workload.port === 8081);

  expect((await deployment(key.name)).spec.suspend).toBe(true);
});

it('deletes the Deployment of an environment that is taken out, says so, and leaves those of others', async () => {
  await apply({
    environments: [production, { name: 'staging', branch: 'next' }, { name: 'eu', managedBy: 'External' }],
  });
  await untilReady('ProjectReady');
  await claim(`${name}-gitops`, 'eu');
  await until(async () => (await read()).status?.environments?.[2]?.deployment === `${name}-gitops`);

  await apply({ environments: [production] });
  await until(async () => !(await exists(`${name}-staging`)));
  await untilReady('ProjectReady');

  expect(await exists(`${name}-production`)).toBe(true);
  expect(await exists(`${name}-gitops`)).toBe(true);
  expect(events).toContainEqual({ reason: 'EnvironmentRemoved', note: expect.stringContaining(`${name}-staging`) });
});

it('makes nothing where another Deployment was first, until that one is gone', async () => {
  const first = await claim(`${name}-mine`, 'production');
  await apply({ environments: [production] });

  const project = await untilReady('EnvironmentTaken');

  expect(await exists(`${name}-production`)).toBe(false);
  expect(project.status?.conditions?.map(({ type, status }) => `${type}=${status}`)).toEqual([
    'Ready=False',
    'Stalled=True',
  ]);
  expect(findCondition(project.status?.conditions ?? [], 'Ready')?.message).toContain(first.metadata.name);
  await api.client.delete(deployments, { namespace, name: first.metadata.name });
  await untilReady('ProjectReady');
  expect(await exists(`${name}-production`)).toBe(true);
});

it('keeps what it made when another Deployment comes second, and says so', async () => {
  await apply({ environments: [production] });
  await untilReady('ProjectReady');
  await claim(`${name}-mine`, 'production');
  await untilReady('EnvironmentTaken');

  await apply({ workload: { port: 9000 }, environments: [production] });

  await until(async () => (await deployment(`${name}-production`)).spec.workload.port === 9000);
  const { status } = await untilReady('EnvironmentTaken');
  expect(status?.environments).toMatchObject([{ deployment: `${name}-production` }]);
});

it('says when two claim an External environment, and when one goes it is well', async () => {
  await apply({ environments: [{ name: 'eu', managedBy: 'External' }] });
  await claim(`${name}-a`, 'eu');
  await claim(`${name}-b`, 'eu');
  await untilReady('EnvironmentTaken');

  await api.client.delete(deployments, { namespace, name: `${name}-b` });

  const project = await untilReady('ProjectReady');
  expect(project.status?.environments).toEqual([{ name: 'eu', deployment: `${name}-a` }]);
});

it('names the rule that an environment breaks, and sets up the others', async () => {
  const overrides = [{ service: name, strategy: { type: 'BlueGreen' } }];
  await apply({
    environments: [
      { ...production, overrides },
      { name: 'staging', branch: 'next' },
    ],
  });

  const project = await untilReady('EnvironmentRefused');

  expect(findCondition(project.status?.conditions ?? [], 'Ready')?.message).toMatch(/"production".*set workload\.port/);
  expect(await exists(`${name}-staging`)).toBe(true);
});

it('says that a quota lets it make nothing, and goes on when there is room', async () => {
  const key = { namespace, name: 'none' };
  await api.client.create(quotas, { metadata: key, spec: { hard: { 'count/deployments.vish.dev': '0' } } } as never);
  await apply({ environments: [production] });
  const refused = await untilReady('EnvironmentRefused');
  await api.client.delete(quotas, key);
  await apply({ environments: [production, { name: 'staging', branch: 'next' }] });
  await untilReady('ProjectReady');

  expect(findCondition(refused.status?.conditions ?? [], 'Ready')?.message).toMatch(/"production".*quota/u);
});

it('makes a Deployment again that somebody deleted', async () => {
  await apply({ environments: [production] });
  await untilReady('ProjectReady');
  const { uid } = (await deployment(`${name}-production`)).metadata;

  await api.client.delete(deployments, { namespace, name: `${name}-production` });
  await until(async () => (await deployment(`${name}-production`)).metadata.uid !== uid);

  expect(isControlledBy(await deployment(`${name}-production`), await read())).toBe(true);
});

it('lets go of an environment that becomes External, and takes it back', async () => {
  await apply({ environments: [production] });
  await untilReady('ProjectReady');
  const { uid } = (await deployment(`${name}-production`)).metadata;

  await apply({ environments: [{ name: 'production', managedBy: 'External' }] });
  await until(async () => (await deployment(`${name}-production`)).metadata.ownerReferences === undefined);
  await apply({ environments: [production] });
  const project = await untilReady('ProjectReady');

  const now = await deployment(`${name}-production`);
  expect(isControlledBy(now, project)).toBe(true);
  expect(now.metadata.uid).toBe(uid);
});

it.each(['Background', 'Foreground'] as const)(
  'goes with all that it made when it is deleted: %s',
  async (propagation) => {
    await apply({ environments: [production] });
    await untilReady('ProjectReady');

    await api.client.delete(projects, { namespace, name }, { propagation });

    await until(async () => !(await exists(`${name}-production`)), { deadlineMs: 30_000 });
    const gone = async () => isKubeError(await read().catch((error: unknown) => error), 'NotFound');
    await until(gone, { deadlineMs: 30_000, describe: 'the Project is gone' });
    expect(await exists(`${name}-production`)).toBe(false);
  },
);

it('leaves what it made when it is deleted alone, and takes it back when it is made again', async () => {
  await apply({ environments: [production] });
  await untilReady('ProjectReady');
  const { uid } = (await deployment(`${name}-production`)).metadata;

  await api.client.delete(projects, { namespace, name }, { propagation: 'Orphan' });
  const free = async () => (await deployment(`${name}-production`)).metadata.ownerReferences === undefined;
  await until(free, { deadlineMs: 30_000 });
  await until(async () => isKubeError(await read().catch((error: unknown) => error), 'NotFound'), {
    deadlineMs: 30_000,
  });
  await apply({ environments: [production] });
  const project = await untilReady('ProjectReady');

  const now = await deployment(`${name}-production`);
  expect(now.metadata.uid).toBe(uid);
  expect(isControlledBy(now, project)).toBe(true);
});
