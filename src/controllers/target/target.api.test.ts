import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { ecsSettings } from '../../../test/support/aws/objects.ts';
import { type AwsStandIn, startAwsStandIn } from '../../../test/support/aws/stand-in.ts';
import { removeNamespace, type TestCluster, testCluster } from '../../../test/support/kinds/cluster.ts';
import { liveInformers } from '../../../test/support/live-informer.ts';
import { recordingLogger } from '../../../test/support/recording-logger.ts';
import { until } from '../../../test/support/until.ts';
import type { Deployment } from '../../crds/deployment/deployment.ts';
import type { Target } from '../../crds/target/target.ts';
import { type Client, ControllerMetrics, createRegistry } from '../../kube/index.ts';
import { deployments, targets } from '../../objects/vish.ts';
import type { Clock } from '../../seams/clock.ts';
import { systemClock, systemRandom } from '../../seams/system.ts';
import { Sessions } from '../../targets/ecs/account/sessions.ts';
import { createTargetController } from './create.ts';
import { isHeld } from './use.ts';

/** Time that runs a hundred times as fast: a refusal is looked at again after a second. */
const speed = 100;
const began = { now: systemClock.now(), monotonic: systemClock.monotonic() };
const hurried: Clock = {
  ...systemClock,
  now: () => began.now + (systemClock.monotonic() - began.monotonic) * speed,
  monotonic: () => systemClock.monotonic() * speed,
  setTimeout: (fn, ms) => systemClock.setTimeout(fn, ms / speed),
};
const identity = { accessKeyId: 'AKIAOPERATOR', secretAccessKey: 'planted-operator-key' };
const role = ecsSettings().roleArn;

let kinds: TestCluster;
beforeAll(async () => {
  kinds = await testCluster('target-controller');
});
afterAll(() => removeNamespace(kinds));

it('says at first what the trust policy needs, and is ready once the account lets it in', async () => {
  const { aws, client, key, target, log } = await start();

  await shows(target, 'TargetForbidden');
  const refused = await target();
  expect(ready(refused)).toMatchObject({ status: 'False', reason: 'TargetForbidden', observedGeneration: 1 });
  expect(refused.status?.conditions?.map(({ type }) => type)).toEqual(['Ready', 'Stalled']);
  expect(refused.status).toMatchObject({ observedGeneration: 1, ecs: { externalId: `vish-${refused.metadata.uid}` } });
  expect(refused.status?.checkedAt).toBeUndefined();

  aws.sts.trust.set(role, refused.status?.ecs?.externalId ?? '');
  await shows(target, 'TargetReady');
  const found = await target();
  expect(found.status).toMatchObject({ ecs: { accountId: '123456789012' }, checkedAt: expect.any(String) });
  expect(found.status?.conditions).toHaveLength(1);

  await change(client, key, { taskRoleArn: 'arn:aws:iam::123456789012:role/app' });
  await shows(target, 'TargetReady', 2);
  const said = JSON.stringify([log.lines, await target()]);
  for (const secret of ['planted-secret', 'planted-session', 'planted-operator']) expect(said).not.toContain(secret);
});

it('does not write again while it is refused for the same reason, however often it looks', async () => {
  const { aws, target } = await start();
  await shows(target, 'TargetForbidden');
  const { resourceVersion } = (await target()).metadata;
  const before = aws.wire.calls.length;

  await until(async () => aws.wire.calls.length > before + 2);

  expect((await target()).metadata.resourceVersion).toBe(resourceVersion);
});

it('names the cluster that is missing, and an account that does not answer', async () => {
  const { aws, client, key, target } = await start((uid) => `vish-${uid}`, { cluster: 'missing' });
  await shows(target, 'TargetInvalid');
  expect(ready(await target())?.message).toContain('spec.ecs.cluster');

  aws.wire.fault = () => 'throttled';
  await change(client, key, { assignPublicIp: true });

  await shows(target, 'TargetUnreachable', 2);
  expect((await target()).status?.conditions?.map(({ type }) => type)).toEqual(['Ready', 'Reconciling']);
});

it('is kept while a Deployment refers to it, says which, and goes with the last one', async () => {
  const { client, key, target } = await start((uid) => `vish-${uid}`);
  await shows(target, 'TargetReady');
  expect((await target()).metadata.finalizers).toBeUndefined();
  const deploy = (name: string) =>
    client.create(deployments, {
      metadata: { namespace: key.namespace, name },
      spec: { source: { image: 'registry.example.com/web:1' }, target: { ref: { name: key.name } } },
    } as unknown as Deployment);
  await deploy('web');
  await deploy('api');
  await until(async () => isHeld(await target()));

  await client.delete(targets, key);
  await shows(target, 'TargetInUse', 2);
  expect(ready(await target())?.message).toContain('Delete these: api, web.');
  await client.delete(deployments, { namespace: key.namespace, name: 'api' });
  await client.delete(deployments, { namespace: key.namespace, name: 'web' });

  await until(async () => (await client.list(targets, { namespace: key.namespace })).items.length === 0);
});

it('lets go of a Target that is used no more, and holds it again when somebody takes the hold away', async () => {
  const { client, key, target } = await start((uid) => `vish-${uid}`);
  const web = { namespace: key.namespace, name: 'web' };
  const spec = { source: { image: 'registry.example.com/web:1' }, target: { ref: { name: key.name } } };
  await client.create(deployments, { metadata: web, spec } as unknown as Deployment);
  await until(async () => isHeld(await target()));
  await client.patch(targets, key, { metadata: { finalizers: null } }, { type: 'merge' });
  await until(async () => isHeld(await target()));

  await client.delete(deployments, web);

  await until(async () => !isHeld(await target()));
  expect((await target()).metadata.deletionTimestamp).toBeUndefined();
});

const ready = ({ status }: Target) => status?.conditions?.find(({ type }) => type === 'Ready');

function shows(target: () => Promise<Target>, reason: string, generation = 1): Promise<void> {
  return until(async () => {
    const found = ready(await target());
    return found?.reason === reason && found.observedGeneration === generation;
  });
}

function change(client: Client, key: { namespace: string; name: string }, ecs: object): Promise<unknown> {
  return client.patch(targets, key, { spec: { ecs } }, { type: 'merge' });
}

/** A Target in a namespace of its own, the controller, and an account that trusts it if told so. */
async function start(trusted?: (uid: string) => string, settings: Record<string, unknown> = {}) {
  const aws: AwsStandIn = await startAwsStandIn();
  const live = await liveInformers();
  const key = { namespace: live.namespace, name: 'frankfurt' };
  const spec = { ecs: ecsSettings(settings) } as Target['spec'];
  const made = await live.client.create(targets, { metadata: key, spec } as Target);
  if (trusted) aws.sts.trust.set(role, trusted(made.metadata.uid));
  const log = recordingLogger();
  const controller = createTargetController({
    client: live.client,
    targets: live.cache.informer(targets, { namespace: live.namespace }),
    deployments: live.cache.informer(deployments, { namespace: live.namespace }),
    sessions: new Sessions({ clock: systemClock, endpoint: aws.url, identity, maxAttempts: 1 }),
    clock: hurried,
    random: systemRandom,
    log,
    metrics: new ControllerMetrics(createRegistry({ version: '0', commit: '0' })),
  });
  await controller.start();
  onTestFinished(async () => {
    await controller.stop(5000);
    await aws.stop();
    expect(aws.wire.problems).toEqual([]);
  });
  return { aws, client: live.client, key, log, target: () => live.client.get(targets, key) };
}
