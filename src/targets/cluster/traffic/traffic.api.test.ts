import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPlace, type Place } from '../../../../test/support/cluster-place/place.ts';
import { type ClusterRigOptions, makeClusterRig } from '../../../../test/support/cluster-place/rig.ts';
import { strategy } from '../../../crds/strategy/strategy.ts';
import type { Resource } from '../../../kube/index.ts';
import { type Service, services } from '../../../objects/core.ts';
import { labels } from '../../../objects/labels.ts';
import { httpRoutes, type Route } from '../../../objects/routes.ts';
import { Drive, intentFor } from '../../contract/drive.ts';

let opened: Place | undefined;
beforeAll(async () => {
  opened = await openPlace(`traffic-${process.pid}`);
});
afterAll(() => opened?.close());

async function start(options: ClusterRigOptions = {}) {
  if (opened === undefined) throw new Error('the place did not open');
  const rig = await makeClusterRig(opened, options);
  const read = (resource: Resource, name = 'web') => rig.client.get(resource, { namespace: rig.namespace, name });
  return { rig, drive: new Drive(rig), read };
}

describe('a share of the traffic', () => {
  const gateway = { parentRefs: [{ name: 'public', namespace: 'gateways' }] };
  const canary = strategy.parse({ type: 'Canary', canary: { steps: [{ weight: 25 }] } });
  const shares = async (read: Awaited<ReturnType<typeof start>>['read']) => {
    const { spec } = (await read(httpRoutes)) as Route;
    return spec.rules?.[0]?.backendRefs?.map(({ name, weight }) => `${name} ${weight}`);
  };

  it('is written into the route, one Service for each release, and all of it goes back at once', async () => {
    const { rig, drive, read } = await start({ cluster: { gateway, drainSeconds: 0 } });
    const [first, second] = [await rig.makeRelease(1), await rig.makeRelease(2)];
    const of = (weight: number, replicas: number) => ({ strategy: canary, replicas: 4, stage: { weight, replicas } });
    await drive.to(intentFor(first, of(100, 4)));
    await drive.advance(intentFor(first, of(100, 4)));

    const alone = await shares(read);
    const quarter = await drive.to(intentFor(second, { from: first, ...of(25, 1) }));
    const divided = await shares(read);
    const back = await drive.to(intentFor(first, { from: second, goingBack: true, ...of(100, 4) }));
    await drive.advance(intentFor(first, { others: [second], ...of(100, 4) }));

    expect(alone).toEqual(['web-1 100']);
    expect(quarter).toMatchObject({
      outcome: 'Succeeded',
      sides: [
        { release: 2, ready: 1, weight: 25 },
        { release: 1, ready: 4, weight: 75 },
      ],
    });
    expect(divided).toEqual(['web-2 25', 'web-1 75']);
    expect(back).toMatchObject({ outcome: 'Succeeded', sides: [{ release: 1, weight: 100 }] });
    expect((await rig.inventory()).running).toEqual({ 1: 4 });
    expect(await shares(read)).toEqual(['web-1 100']);
    await expect(read(services, 'web-2')).rejects.toMatchObject({ code: 'NotFound' });
  });

  it('leaves the route with the Service of all replicas while those of the releases are new, and have no endpoints yet', async () => {
    const slow = { drainSeconds: 600, terminationGracePeriodSeconds: 900 };
    const { rig, drive, read } = await start({ cluster: { gateway, ...slow } });
    const [first, second] = [await rig.makeRelease(1), await rig.makeRelease(2)];
    const to = { strategy: canary, replicas: 2, stage: { weight: 50, replicas: 1 } };
    await drive.to(intentFor(first));

    const seen = await drive.towards(intentFor(second, { from: first, ...to }), 4);
    const { retryAfterMs = 0 } = await drive.advance(intentFor(second, { from: first, ...to }));

    expect(await shares(read)).toEqual(['web 1']);
    expect(await read(services, 'web-1')).toMatchObject({ spec: { selector: { 'vish.dev/release': 'web-1' } } });
    expect(seen.sides).toMatchObject([
      { release: 2, ready: 1, weight: 0 },
      { release: 1, ready: 2, weight: 100 },
    ]);
    expect(retryAfterMs).toBeGreaterThan(0);
  });

  it('never goes to a release without enough replicas', async () => {
    const { rig, drive, read } = await start();
    await rig.breakRelease(2);
    const [first, second] = [await rig.makeRelease(1), await rig.makeRelease(2)];
    const blueGreen = { strategy: strategy.parse({ type: 'BlueGreen' }), stage: { weight: 100, replicas: 2 } };
    await drive.to(intentFor(first, blueGreen));

    const seen = await drive.towards(intentFor(second, { from: first, ...blueGreen }), 3);

    expect(seen).toMatchObject({ outcome: 'Running', available: true });
    expect(await read(services)).toMatchObject({ spec: { selector: { 'vish.dev/release': 'web-1' } } });
    expect((await rig.inventory()).running).toEqual({ 1: 2, 2: 2 });
  });
});

it('leads the Service first and its preview later, so that a node writes first what users wait for', async () => {
  const { rig, drive, read } = await start();
  const [first, second] = [await rig.makeRelease(1), await rig.makeRelease(2)];
  const all = { strategy: strategy.parse({ type: 'BlueGreen' }), replicas: 1, stage: { weight: 100, replicas: 1 } };
  const leads = async () => {
    const both = [await read(services), await read(services, 'web-preview')] as Service[];
    return both.map(({ spec }) => spec?.selector?.[labels.release]);
  };
  await drive.to(intentFor(first, all));
  const before = await leads();

  await drive.to(intentFor(second, { from: first, ...all }));
  const moved = await leads();
  const { retryAfterMs } = await drive.advance(intentFor(second, { from: first, ...all }));

  expect([before, moved, await leads()]).toEqual([
    ['web-1', 'web-1'],
    ['web-2', 'web-1'],
    ['web-2', 'web-2'],
  ]);
  expect(retryAfterMs).toBeUndefined();
});
