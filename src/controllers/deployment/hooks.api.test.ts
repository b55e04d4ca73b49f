import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApiServer, startApiServer } from '../../../hack/cluster/api-server.ts';
import { clusterPlaces } from '../../../test/support/cluster-place/places.ts';
import { condition, image, isLive, isReason } from '../../../test/support/deployment-facts.ts';
import { deploymentRig, type PlaceTools } from '../../../test/support/deployment-rig.ts';
import { endPod } from '../../../test/support/job-pods.ts';
import { until } from '../../../test/support/until.ts';
import { pods, services } from '../../objects/core.ts';
import { controllerRevisions, cronJobs, jobs, replicaSets } from '../../objects/workloads.ts';
import { systemClock as clock } from '../../seams/system.ts';
import { checkJobFor } from '../../targets/cluster/commands/check-job.ts';
import type { Ending } from '../../targets/cluster/commands/ending.ts';
import { commandInformers } from '../../targets/cluster/commands/informers.ts';
import { runCheckJob } from '../../targets/cluster/commands/run-check.ts';
import { readRelease } from './release/revision.ts';

let server: ApiServer;
let rig: Awaited<ReturnType<typeof deploymentRig>>;
let cache: PlaceTools['cache'] | undefined;
let checked = 0;
beforeAll(async () => {
  server = await startApiServer({ name: `hooks-${process.pid}`, hollowNodes: 1 });
  rig = await deploymentRig('deployment-hooks', { kubeconfig: server.kubeconfig, places });
});
afterAll(() => server.stop());
afterAll(() => rig.close());

function places(tools: PlaceTools) {
  cache = tools.cache;
  return clusterPlaces(tools);
}

const workload = { port: 80, env: [{ name: 'COLOR', value: 'blue' }], health: { path: '/healthz' } };
const beforeRelease = { command: ['migrate', '--all'], deadlineSeconds: 60 };

const end = (name: string, hook: string, code: number, log = '') =>
  endPod(rig, { 'vish.dev/command-of': name, 'vish.dev/command': hook }, { code, log });

async function jobsOf(name: string) {
  const labelSelector = `vish.dev/command-of=${name}`;
  return (await rig.client.list(jobs, { namespace: rig.namespace, labelSelector })).items;
}

async function podsOf(name: string) {
  const labelSelector = `vish.dev/command-of=${name}`;
  return (await rig.client.list(pods, { namespace: rig.namespace, labelSelector })).items;
}

async function replicaSetsOf(name: string) {
  const labelSelector = `vish.dev/deployment=${name}`;
  return (await rig.client.list(replicaSets, { namespace: rig.namespace, labelSelector })).items;
}

describe('the command before a release', () => {
  it('runs as a pod of the release that serves nobody, before any replica, and once', async () => {
    await rig.apply('web', { source: image(1), workload, hooks: { beforeRelease } });
    const waits = await rig.until('web', isReason('RunningHook'));
    await until(async () => (await jobsOf('web')).length === 1);
    const [job] = await jobsOf('web');
    const before = await replicaSetsOf('web');
    await rig.restart();
    await end('web', 'before', 0);
    const live = await rig.until('web', isLive(1));
    const service = await rig.client.get(services, { namespace: rig.namespace, name: 'web' });

    expect(condition(waits, 'Progressing')).toMatchObject({ status: 'True', reason: 'RunningHook' });
    expect(before).toEqual([]);
    const [release] = live.status?.history ?? [];
    expect(release).toMatchObject({ hooks: { before: { result: 'Passed' } } });
    expect(job).toMatchObject({
      metadata: { ownerReferences: [{ kind: 'ControllerRevision', name: release?.name, controller: true }] },
      spec: {
        activeDeadlineSeconds: 60,
        backoffLimit: 0,
        template: { spec: { containers: [{ command: ['migrate', '--all'], env: workload.env }] } },
      },
    });
    const { labels = {} } = job?.spec?.template.metadata ?? {};
    expect(Object.keys(labels)).not.toEqual(expect.arrayContaining(Object.keys(service.spec?.selector ?? {})));
    expect(await jobsOf('web')).toHaveLength(1);
  });

  it('that fails keeps the live release, tells what it said, and runs again when a person says so', async () => {
    await rig.apply('bad', { source: image(1), workload });
    await rig.until('bad', isLive(1));
    await rig.apply('bad', { source: image(2), workload, hooks: { beforeRelease } });
    await rig.until('bad', isReason('RunningHook'));
    await end('bad', 'before', 3, 'connecting\nno such table: orders\n');
    const back = await rig.until('bad', isReason('RolledBack'));
    const sets = await replicaSetsOf('bad');
    await rig.annotate('bad', { 'vish.dev/retry': '2' });
    await rig.until('bad', isReason('RunningHook'));
    await end('bad', 'before', 0);
    await rig.until('bad', isLive(2));

    expect(back.status).toMatchObject({ live: { release: 1 }, history: [{ reason: 'HookFailed' }, {}] });
    const message = 'Container app ended with exit code 3: connecting | no such table: orders';
    expect(condition(back, 'Ready')?.message).toContain(message);
    expect(sets).toHaveLength(1);
  });

  it('ends with the release that is aborted', async () => {
    await rig.apply('stop', { source: image(1), workload });
    await rig.until('stop', isLive(1));
    await rig.apply('stop', { source: image(2), workload, hooks: { beforeRelease } });
    await rig.until('stop', isReason('RunningHook'));
    await until(async () => (await jobsOf('stop')).length === 1);
    await rig.annotate('stop', { 'vish.dev/abort': '2' });
    const aborted = await rig.until('stop', isReason('Aborted'));

    await until(async () => (await jobsOf('stop')).length === 0);
    expect(aborted.status).toMatchObject({ live: { release: 1 }, history: [{ outcome: 'Aborted' }, {}] });
    expect(await podsOf('stop')).toEqual([]);
  });
});

it('tells a command that fails after the release, and leaves what serves as it is', async () => {
  await rig.apply('after', { source: image(1), workload, hooks: { afterRelease: beforeRelease } });
  await rig.until('after', isLive(1));
  await end('after', 'after', 4, 'no such cache');
  const told = await rig.until('after', ({ status }) => status?.hints !== undefined);

  expect(condition(told, 'Ready')?.status).toBe('True');
  expect(condition(told, 'Progressing')).toMatchObject({ status: 'False', reason: 'HookFailed' });
  expect(told.status?.hints?.[0]).toContain('exit code 4: no such cache');
  await until(() => rig.events.some(({ reason, type }) => reason === 'HookFailed' && type === 'Warning'));
});

it('begins a command once wherever the operator dies', async () => {
  for (const writes of [1, 2, 3, 4, 5, 6]) {
    const name = `dies-${writes}`;
    rig.dieAfter(writes);
    await rig.apply(name, { source: image(1), workload, hooks: { beforeRelease } });
    await rig.until(name, (deployment) => rig.isDead || isReason('RunningHook')(deployment));
    await until(async () => rig.isDead || (await jobsOf(name)).length > 0);
    if (rig.isDead) await rig.restart();
    await until(async () => (await jobsOf(name)).length > 0);
    const [
      {
        metadata: { uid },
      } = { metadata: { uid: '' } },
    ] = await jobsOf(name);
    await end(name, 'before', 0);
    await rig.until(name, (deployment) => rig.isDead || isLive(1)(deployment));
    if (rig.isDead) await rig.restart();
    await rig.until(name, isLive(1));

    expect(
      (await jobsOf(name)).map((job) => job.metadata.uid),
      `dead after write ${writes}`,
    ).toEqual([uid]);
  }
}, 120_000);

describe('a schedule', () => {
  const nightly = { name: 'nightly', cron: '0 3 * * *', command: ['clean'] };
  const cronJob = async (name: string) => {
    const { items } = await rig.client.list(cronJobs, { namespace: rig.namespace });
    return items.find(({ metadata }) => metadata.name === name);
  };
  const imageOf = async (name: string) =>
    (await cronJob(name))?.spec?.jobTemplate.spec?.template.spec?.containers[0]?.image;

  it('stands still until a release is live, follows what is live, and goes with its line', async () => {
    const hooks = { beforeRelease };
    await rig.apply('cron', { source: image(1), workload, hooks, schedules: [nightly] });
    await rig.until('cron', isReason('RunningHook'));
    await until(async () => (await cronJob('cron-nightly'))?.spec?.suspend === true);
    await end('cron', 'before', 0);
    const first = await rig.until('cron', isLive(1));
    await until(async () => (await cronJob('cron-nightly'))?.spec?.suspend === false);
    const before = await imageOf('cron-nightly');
    await rig.apply('cron', { source: image(2), workload, schedules: [nightly] });
    const second = await rig.until('cron', isLive(2));
    await until(async () => (await imageOf('cron-nightly')) !== before);
    const after = await imageOf('cron-nightly');
    await rig.apply('cron', { source: image(2), workload });

    await until(async () => (await cronJob('cron-nightly')) === undefined);
    expect([before, after]).toEqual([first.status?.history?.[0]?.image, second.status?.history?.[0]?.image]);
  });

  it('is refused where somebody else has a CronJob of its name', async () => {
    const jobTemplate = {
      spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'a', image: 'a' }] } } },
    };
    const metadata = { namespace: rig.namespace, name: 'taken-nightly' };
    await rig.client.create(cronJobs, { metadata, spec: { schedule: '@daily', jobTemplate } });
    await rig.apply('taken', { source: image(1), workload, schedules: [nightly] });
    const refused = await rig.until('taken', isReason('ForeignOwner'));

    expect(condition(refused, 'Ready')?.message).toContain('CronJob taken-nightly');
  });
});

describe('the command of a check', () => {
  async function begin(command: string[], seconds = 30) {
    const name = `check-${++checked}`;
    await rig.apply(name, { source: image(1), workload });
    const deployment = await rig.until(name, isLive(1));
    const of = { namespace: rig.namespace, name: deployment.status?.history?.[0]?.name ?? '' };
    const release = readRelease(await rig.client.get(controllerRevisions, of));
    if (release === undefined || cache === undefined) throw new Error('no release, or no cache');
    const stop = new AbortController();
    const run = { check: 'smoke', due: '2026-01-01T00:00:00Z', command, seconds };
    const request = { ...run, deployment, release, signal: stop.signal };
    const options = { client: rig.client, clock, informers: commandInformers(cache) };
    const made = checkJobFor(deployment, release, run);
    const work = (): Promise<Ending> => runCheckJob(options, request);
    return {
      stop,
      made,
      jobsNow: () => jobsOf(name),
      work,
      finish: (code: number, log = '') => end(name, 'check', code, log),
    };
  }

  it('is run to its end, with what it said, and taken away', async () => {
    const { jobsNow, work, finish } = await begin(['smoke']);
    const [ending] = await Promise.all([work(), finish(3, 'cart is empty\n')]);

    expect(ending).toEqual({
      outcome: 'Failed',
      message: 'Container app ended with exit code 3: cart is empty',
      ran: true,
    });
    await until(async () => (await jobsNow()).length === 0);
  });

  it('is met and not repeated by the next operator', async () => {
    const { made, work, finish } = await begin(['smoke']);
    await rig.client.create(jobs, made);
    const [ending] = await Promise.all([work(), finish(0)]);

    expect(ending.outcome).toBe('Passed');
  });

  it('is ended when nobody waits for it any more', async () => {
    const { stop, jobsNow, work } = await begin(['smoke']);
    const given = work().catch((error: unknown) => error);
    await until(async () => (await jobsNow()).length === 1);
    stop.abort(new Error('enough'));

    expect(await given).toMatchObject({ message: 'enough' });
    await until(async () => (await jobsNow()).length === 0);
  });

  it('that has not ended in its time says nothing of the release', async () => {
    const { work } = await begin(['sleep'], 1);

    expect(await work()).toMatchObject({ outcome: 'Failed', ran: false, message: expect.stringContaining('deadline') });
  });
});
