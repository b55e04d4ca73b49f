import { afterAll, beforeAll, expect, it } from 'vitest';
import { condition, image, isLive, isReason } from '../../../test/support/deployment-facts.ts';
import { deploymentRig } from '../../../test/support/deployment-rig.ts';
import type { Deployment } from '../../crds/deployment/deployment.ts';
import { isKubeError } from '../../kube/index.ts';
import { configMaps } from '../../objects/core.ts';
import { deployments } from '../../objects/vish.ts';
import { controllerRevisions } from '../../objects/workloads.ts';

let rig: Awaited<ReturnType<typeof deploymentRig>>;
beforeAll(async () => {
  rig = await deploymentRig('deployment-image');
});
afterAll(() => rig.close());

it('releases an image, then the next one, and says so', async () => {
  await rig.apply('web', { source: image(1), workload: { port: 80, scale: { replicas: 2 } } });
  const first = await rig.until('web', isLive(1));
  await rig.apply('web', { source: image(2), workload: { port: 80, scale: { replicas: 2 } } });
  const second = await rig.until('web', isLive(2));

  expect(first.status).toMatchObject({ state: 'Ready', replicas: 2, readyReplicas: 2, selector: 'vish.dev/fake=true' });
  expect(second.status?.history).toMatchObject([
    { number: 2, outcome: 'Live', cause: 'Spec' },
    { number: 1, outcome: 'Superseded', cause: 'Spec' },
  ]);
  expect([...rig.placeOf('web').sides()]).toMatchObject([{ release: 2, replicas: 2 }]);
});

it('lets others change the metadata of a release: its data is as the server itself would write it', async () => {
  const env = [{ name: 'URL', value: 'http://db/?a=1&b=<2>\u2028' }];
  await rig.apply('lettered', { source: image(1), workload: { port: 80, env } });
  await rig.until('lettered', isLive(1));
  const { items } = await rig.client.list(controllerRevisions, { namespace: rig.namespace });
  const made = items.find(({ metadata }) => metadata.name.startsWith('lettered-'));

  // As the garbage collector does for `--cascade=orphan`; data that is written differently counts as changed.
  const key = { namespace: rig.namespace, name: made?.metadata.name ?? '' };
  const patched = await rig.client.patch(
    controllerRevisions,
    key,
    { metadata: { labels: { a: 'b' } } },
    { type: 'strategic' },
  );

  expect(patched.metadata.labels).toMatchObject({ a: 'b' });
  await rig.client.delete(deployments, { namespace: rig.namespace, name: 'lettered' });
  // The garbage collector may have been faster.
  await rig.client.delete(controllerRevisions, key).catch((error: unknown) => {
    if (!isKubeError(error, 'NotFound')) throw error;
  });
});

it('does not write when there is nothing to say', async () => {
  const before = await rig.get('web');
  rig.requests.length = 0;
  rig.placeOf('web').calls.length = 0;

  await rig.restart();
  await rig.annotate('web', { 'example.com/touched': 'yes' });
  const after = await rig.until('web', () => rig.placeOf('web').calls.length >= 2);

  expect(after.status).toEqual(before.status);
  expect(rig.requests).toEqual([]);
  expect(after.status).toEqual(before.status);
});

it('rolls a failing release back by itself, is Stalled, and tries it again when asked', async () => {
  rig.placeOf('web').broken.add(3);
  await rig.apply('web', {
    source: image(3),
    workload: { port: 80, scale: { replicas: 2 } },
    strategy: { progressDeadlineSeconds: 10 },
  });
  await rig.until('web', isReason('RollingOut'));
  const back = await rig.until('web', isReason('RolledBack'));
  rig.placeOf('web').broken.clear();
  await rig.annotate('web', { 'vish.dev/retry': '3' });
  const again = await rig.until('web', isLive(3));

  expect(condition(back, 'Stalled')?.status).toBe('True');
  expect(condition(back, 'Available')?.status).toBe('True');
  expect(back.status).toMatchObject({
    state: 'RolledBack',
    live: { release: 2 },
    history: [{ outcome: 'RolledBack' }, {}, {}],
  });
  expect(again.status?.history?.[0]).toMatchObject({ number: 3, outcome: 'Live', cause: 'Retry' });
}, 60_000);

it('goes back by annotation, holds what comes, and goes on when asked', async () => {
  await rig.annotate('web', { 'vish.dev/rollback': '1', 'vish.dev/retry': null });
  await rig.until('web', (deployment) => isReason('Held')(deployment) && deployment.status?.live?.release === 1);
  await rig.annotate('web', { 'vish.dev/rollback': null });
  const held = await rig.until(
    'web',
    ({ status }) =>
      status?.actions?.some(({ action, clearedAt }) => action === 'Rollback' && clearedAt !== undefined) === true,
  );
  await rig.patch('web', { source: image(4) });
  const stillHeld = await rig.until('web', isReason('Held'));
  await rig.annotate('web', { 'vish.dev/retry': '1' });
  const on = await rig.until('web', isLive(4));

  expect(held.status).toMatchObject({ pinned: { release: 1 }, live: { release: 1 } });
  expect(stillHeld.status?.live?.release).toBe(1);
  expect(on.status?.pinned).toBeUndefined();
});

it('refuses to go back to what it does not have, with a hint', async () => {
  await rig.annotate('web', { 'vish.dev/rollback': '77' });
  const refused = await rig.until(
    'web',
    (deployment) => condition(deployment, 'Progressing')?.reason === 'ActionRefused',
  );
  await rig.annotate('web', { 'vish.dev/rollback': null });
  await rig.until('web', (deployment) => condition(deployment, 'Progressing')?.reason === 'ReleaseLive');

  expect(condition(refused, 'Progressing')?.message).toContain('Use one of 4, 3, 2, 1');
  expect(condition(refused, 'Ready')?.status).toBe('True');
});

it('starts nothing while it is suspended, and still scales', async () => {
  await rig.patch('web', { suspend: true, source: image(5), workload: { scale: { replicas: 3 } } });
  const held = await rig.until(
    'web',
    (deployment) => isReason('Held')(deployment) && deployment.status?.readyReplicas === 3,
  );
  await rig.patch('web', { suspend: false });
  await rig.until('web', isLive(5));

  expect(held.status?.live?.release).toBe(4);
});

it('restarts by a release of the same image, once', async () => {
  await rig.annotate('web', { 'vish.dev/restart': 'now' });
  const restarted = await rig.until('web', isLive(6));

  expect(restarted.status?.history?.[0]).toMatchObject({
    cause: 'Restart',
    image: restarted.status?.history?.[1]?.image,
  });
});

it('keeps as many releases as can be gone back to', async () => {
  await rig.patch('web', { historyLimit: 2 });
  const kept = await rig.until('web', ({ status }) => status?.history?.length === 3);
  const { items } = await rig.client.list(controllerRevisions, { namespace: rig.namespace });

  expect(kept.status?.history?.map(({ number }) => number)).toEqual([6, 5, 4]);
  expect(items.map(({ revision }) => revision).toSorted((a, b) => a - b)).toEqual([4, 5, 6]);
  expect(rig.placeOf('web').calls).toContain('forget 1');
});

it('releases a changed ConfigMap, with a copy that belongs to the release', async () => {
  const key = { namespace: rig.namespace, name: 'settings' };
  const spec = { source: image(1), workload: { envFrom: [{ configMapRef: { name: 'settings' } }] } };
  await rig.apply('app', spec);
  const missing = await rig.until('app', isReason('ConfigurationMissing'));
  await rig.client.create(configMaps, { metadata: key, data: { COLOR: 'blue' } });
  await rig.until('app', isLive(1));
  await rig.client.patch(configMaps, key, { data: { COLOR: 'green' } }, { type: 'merge' });
  const second = await rig.until('app', isLive(2));
  await rig.client.patch(configMaps, key, { metadata: { labels: { touched: 'yes' } } }, { type: 'merge' });

  const { items } = await rig.client.list(configMaps, {
    namespace: rig.namespace,
    labelSelector: 'vish.dev/deployment=app',
  });
  const revision = second.status?.history?.[0]?.name ?? '';
  const copy = items.find(({ metadata }) => metadata.ownerReferences?.[0]?.name === revision);
  expect(condition(missing, 'Stalled')?.message).toContain('"settings"');
  expect(second.status?.history?.[0]?.cause).toBe('ConfigMap');
  expect(copy).toMatchObject({ data: { COLOR: 'green' }, immutable: true });
  expect((await rig.until('app', isLive(2))).status?.history).toHaveLength(2);
});

it('refuses up front what this version does not do', async () => {
  await rig.apply('later', { source: image(1), workload: { port: 80 }, strategy: { type: 'BlueGreen' } });
  const refused = await rig.until('later', isReason('Unsupported'));

  expect(condition(refused, 'Stalled')?.message).toContain('use Rolling or Recreate');
});

it('undoes what stands outside before the Deployment goes', async () => {
  rig.world.outside = true;
  await rig.apply('away', { source: image(1) });
  await rig.until('away', isLive(1));
  const key = { namespace: rig.namespace, name: 'away' };
  rig.placeOf('away').reachable = false;
  await rig.client.delete(deployments, key);
  const waiting = await rig.until(
    'away',
    ({ status }) => condition({ status } as Deployment, 'Ready')?.reason === 'TargetUnreachable',
  );
  rig.placeOf('away').reachable = true;
  await rig.annotate('away', { 'example.com/touched': 'yes' });
  await expect
    .poll(
      () =>
        rig.get('away').then(
          () => 'there',
          () => 'gone',
        ),
      { timeout: 10_000 },
    )
    .toBe('gone');
  rig.world.outside = false;

  expect(waiting.metadata.finalizers).toEqual(['vish.dev/target']);
  expect(rig.placeOf('away').calls.at(-1)).toBe('remove');
});

it('leaves a Deployment that is being deleted alone: its children would be made again', async () => {
  await rig.apply('going', { source: image(1) });
  await rig.until('going', isLive(1));
  const { calls } = rig.placeOf('going');
  await rig.client.patch(
    deployments,
    { namespace: rig.namespace, name: 'going' },
    { metadata: { finalizers: ['example.com/wait'] } },
    { type: 'merge' },
  );
  await rig.client.delete(deployments, { namespace: rig.namespace, name: 'going' });
  await rig.until('going', ({ metadata }) => metadata.deletionTimestamp !== undefined);
  await rig.patch('going', { source: image(2) });
  rig.requests.length = 0;
  const before = calls.length;
  await rig.restart();
  await rig.client.patch(
    deployments,
    { namespace: rig.namespace, name: 'going' },
    { metadata: { finalizers: [] } },
    { type: 'merge' },
  );

  expect(calls).toHaveLength(before);
  expect(rig.requests.filter((request) => !request.startsWith('get'))).toEqual([]);
});
