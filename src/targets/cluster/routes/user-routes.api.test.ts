import { afterAll, beforeAll, expect, it } from 'vitest';
import { openPlace, type Place } from '../../../../test/support/cluster-place/place.ts';
import { makeClusterRig } from '../../../../test/support/cluster-place/rig.ts';
import { until } from '../../../../test/support/until.ts';
import { strategy } from '../../../crds/strategy/strategy.ts';
import { services } from '../../../objects/core.ts';
import { grpcRoutes, httpRoutes, type Route } from '../../../objects/routes.ts';
import { Drive, intentFor } from '../../contract/drive.ts';
import type { Intent } from '../../target.ts';

let opened: Place | undefined;
beforeAll(async () => {
  opened = await openPlace(`user-routes-${process.pid}`);
});
afterAll(() => opened?.close());

const canary = strategy.parse({ type: 'Canary', canary: { steps: [{ weight: 25 }] } });
const stage = (weight: number, replicas: number) => ({ strategy: canary, replicas: 4, stage: { weight, replicas } });
/** As a sync of Flux does: a forced apply. */
const byTool = { fieldManager: 'kustomize-controller', force: true };

function division(stable = 100, next = 0) {
  const backend = (name: string, weight: number) => ({ name, port: 8080, weight });
  return [backend('web', stable), backend('web-preview', next)];
}

async function start(kind: 'HTTPRoute' | 'GRPCRoute' = 'HTTPRoute') {
  if (opened === undefined) throw new Error('the place did not open');
  const resource = kind === 'HTTPRoute' ? httpRoutes : grpcRoutes;
  const gateway = { routeRefs: [{ kind, name: 'shop' }] };
  const rig = await makeClusterRig(opened, { cluster: { gateway, drainSeconds: 0 } });
  const drive = new Drive(rig);
  const key = { namespace: rig.namespace, name: 'shop' };
  const spec = (backends = division()) => ({
    parentRefs: [{ name: 'public' }],
    rules: [
      { ...matching(kind, 'a'), backendRefs: backends },
      { ...matching(kind, 'b'), backendRefs: [{ name: 'other', port: 80, weight: 5 }, ...backends] },
    ],
  });
  const sync = (backends = division()) => rig.client.apply(resource, { metadata: key, spec: spec(backends) }, byTool);
  const shares = async () => {
    const route = (await rig.client.get<Route>(resource, key)) as Route;
    return route.spec.rules?.map(({ backendRefs = [] }) =>
      backendRefs.map(({ name, weight }) => `${name} ${weight}`).join(' '),
    );
  };
  const leads = async (name: string) =>
    (await rig.client.get(services, { ...key, name })).spec?.selector?.['vish.dev/release'];
  /** Looks until it is so; what was written is seen later. */
  const lookUntil = (intent: Intent, isSo: () => Promise<boolean>) =>
    until(async () => {
      await drive.advance(intent).catch((error: unknown) => {
        if ((error as { reason?: string }).reason !== 'RouteIncomplete') throw error;
      });
      await rig.settle();
      return isSo();
    });
  return { rig, drive, key, spec, sync, shares, leads, lookUntil, resource };
}

const matching = (kind: string, value: string) =>
  kind === 'HTTPRoute'
    ? { matches: [{ path: { type: 'PathPrefix', value: `/${value}` } }] }
    : { matches: [{ headers: [{ name: 'x', value }] }] };
const divided = (stable: number, next: number) => [
  `web ${stable} web-preview ${next}`,
  `other 5 web ${stable} web-preview ${next}`,
];

it.each(['HTTPRoute', 'GRPCRoute'] as const)(
  'the weights of a %s follow the rollout, in each of its rules',
  async (kind) => {
    const { rig, drive, sync, shares, leads, lookUntil } = await start(kind);
    const [first, second] = [await rig.makeRelease(1), await rig.makeRelease(2)];
    const refused = await drive.prepare(intentFor(first, stage(100, 4))).catch((error: unknown) => error);
    await sync();
    await until(async () =>
      drive.prepare(intentFor(first, stage(100, 4))).then(
        () => true,
        () => false,
      ),
    );
    await drive.to(intentFor(first, stage(100, 4)));

    const quarter = await drive.to(intentFor(second, { from: first, ...stage(25, 1) }));
    const atQuarter = await shares();
    await drive.to(intentFor(second, { from: first, ...stage(100, 4) }));
    const atAll = [await shares(), await leads('web')];
    const over = intentFor(second, { others: [first], ...stage(100, 4) });
    await lookUntil(over, async () => (await shares())?.[0] === divided(100, 0)[0]);

    expect(refused).toMatchObject({ reason: 'RouteIncomplete', message: expect.stringContaining('name: web-preview') });
    expect(quarter.sides).toMatchObject([
      { release: 2, weight: 25 },
      { release: 1, weight: 75 },
    ]);
    expect(atQuarter).toEqual(divided(75, 25));
    expect(atAll).toEqual([divided(0, 100), 'web-1']);
    expect([await shares(), await leads('web')]).toEqual([divided(100, 0), 'web-2']);
    expect((await rig.inventory()).running).toEqual({ 2: 4 });
  },
);

it('what a sync sets back in the middle is written again, once, and goes on from there', async () => {
  const { rig, drive, key, sync, spec, shares, lookUntil, resource } = await start();
  await sync();
  const [first, second] = [await rig.makeRelease(1), await rig.makeRelease(2)];
  await drive.to(intentFor(first, stage(100, 4)));
  const quarter = intentFor(second, { from: first, ...stage(25, 1) });
  await drive.to(quarter);
  rig.requests.splice(0);

  await sync();
  const reset = await shares();
  await lookUntil(quarter, async () => (await shares())?.[0] === divided(75, 25)[0]);
  await drive.advance(quarter);
  const corrected = rig.requests.splice(0);
  // As kubectl apply does: what it wrote before is merged over what is there.
  await rig.client.patch(resource, key, { spec: { rules: spec(division(100, 0)).rules } }, { type: 'merge' });
  await until(async () => (await drive.advance(quarter)).retryAfterMs !== undefined);
  const waits = await drive.advance(quarter);

  expect(reset).toEqual(divided(100, 0));
  expect(corrected).toEqual(['patch httproutes']);
  expect(waits.retryAfterMs).toBeLessThanOrEqual(1000);
  expect((await drive.observe(quarter)).sides).toMatchObject([
    { release: 2, ready: 1 },
    { release: 1, ready: 4 },
  ]);
  await lookUntil(quarter, async () => (await shares())?.[0] === divided(75, 25)[0]);
});

it('a route that loses a Service in the middle keeps everything where it is, and what to add is said', async () => {
  const { rig, drive, sync, lookUntil } = await start();
  await sync();
  const [first, second] = [await rig.makeRelease(1), await rig.makeRelease(2)];
  await drive.to(intentFor(first, stage(100, 4)));
  const quarter = intentFor(second, { from: first, ...stage(25, 1) });
  await drive.to(quarter);

  await sync(division().slice(0, 1));
  await until(async () =>
    drive.advance(quarter).then(
      () => false,
      ({ reason }: { reason: string }) => reason === 'RouteIncomplete',
    ),
  );
  const held = await rig.inventory();
  await sync();
  await lookUntil(quarter, async () => (await drive.observe(quarter)).outcome === 'Succeeded');

  expect(held.running).toEqual({ 1: 4, 2: 1 });
  expect((await drive.observe(quarter)).entrance).toMatchObject({
    reason: 'RouteNotReady',
    message: expect.stringContaining('has no answer from Gateway public'),
  });
});
