import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { condition, image, isLive, isReason } from '../../../test/support/deployment-facts.ts';
import { deploymentRig } from '../../../test/support/deployment-rig.ts';
import type { Deployment } from '../../crds/deployment/deployment.ts';
import type { DeploymentSpecInput } from '../../crds/deployment/spec.ts';
import { projects } from '../../objects/vish.ts';

let rig: Awaited<ReturnType<typeof deploymentRig>>;
beforeAll(async () => {
  rig = await deploymentRig('deployment-checks');
});
afterAll(() => rig.close());
beforeEach(() => {
  rig.world.verdict = 'Passed';
  rig.world.measured.length = 0;
});

const http = { url: 'https://web.example.com/health' };
const strategy = { rolling: { checks: ['errors'] } };
const errors = { name: 'errors', http, intervalSeconds: 1, count: 2 };
const taken = (count: number) => (deployment: Deployment) =>
  (deployment.status?.checks?.[0]?.measurements ?? 0) >= count;

async function second(name: string, spec: Partial<DeploymentSpecInput>): Promise<void> {
  await rig.apply(name, { ...spec, source: image(1) });
  await rig.until(name, isLive(1));
  rig.requests.length = 0;
  await rig.apply(name, { ...spec, source: image(2) });
}

it('measures a release, tells what it found with a write for each measurement, and lets it through', async () => {
  await second('web', { strategy, checks: [errors] });
  const running = await rig.until('web', taken(1));
  const live = await rig.until('web', isLive(2));

  expect(running.status?.live?.release).toBe(1);
  expect(condition(running, 'Verified')).toMatchObject({ status: 'Unknown', reason: 'RunningChecks' });
  expect(condition(live, 'Verified')).toMatchObject({ status: 'True', reason: 'CheckPassed' });
  expect(live.status?.checks).toMatchObject([
    { name: 'errors', release: 2, step: 1, result: 'Passed', measurements: 2, failures: 0, value: '1' },
  ]);
  expect(rig.world.measured).toEqual(['errors of 2 at 1', 'errors of 2 at 1']);
  const [release, ...writes] = rig.requests;
  expect(release).toBe('create controllerrevisions');
  // It is measured; each of two measurements.
  expect(writes).toEqual(['patch deployments', 'patch deployments', 'patch deployments']);
});

it('takes a release back whose check fails, and names the check', async () => {
  rig.world.verdict = 'Failed';
  await second('bad', { strategy, checks: [errors] });
  const back = await rig.until('bad', isReason('RolledBack'));

  expect(back.status).toMatchObject({ live: { release: 1 }, history: [{ reason: 'CheckFailed' }, { number: 1 }] });
  expect(condition(back, 'Ready')?.message).toContain('Check "errors" failed (2 of 2 measurements failed)');
  expect(condition(back, 'Verified')).toMatchObject({ status: 'False', reason: 'CheckFailed' });
});

it('goes on where it was when another operator takes over', async () => {
  await second('moved', { strategy, checks: [{ ...errors, count: 3 }] });
  await rig.until('moved', taken(1));
  await rig.restart();
  const live = await rig.until('moved', isLive(2));

  expect(live.status?.checks).toMatchObject([{ result: 'Passed', measurements: 3 }]);
  expect(rig.world.measured.length).toBeLessThanOrEqual(4);
});

it('counts a measurement once when the operator dies with the write that tells it', async () => {
  await second('dies', { strategy, checks: [{ ...errors, count: 3 }] });
  await rig.until('dies', isReason('RunningChecks'));
  rig.dieAfter(1);
  await rig.until('dies', () => rig.isDead);
  await rig.restart();
  const live = await rig.until('dies', isLive(2));

  expect(live.status?.checks).toMatchObject([{ result: 'Passed', measurements: 3 }]);
  expect(rig.world.measured).toHaveLength(3);
});

it('takes a check from the Project, and begins no release with one that is nowhere', async () => {
  await rig.project('shop');
  const spec = { projectRef: { name: 'shop' }, environment: 'eu', strategy };
  await rig.apply('app', { ...spec, source: image(1) });
  const lost = await rig.until('app', isReason('CheckNotFound'));
  const checks = [{ ...errors, http: { path: '/health' } }];
  await rig.client.patch(projects, { namespace: rig.namespace, name: 'shop' }, { spec: { checks } }, { type: 'merge' });
  const refused = await rig.until('app', isReason('Unsupported'));
  const key = { namespace: rig.namespace, name: 'shop' };
  await rig.client.patch(projects, key, { spec: { checks: [errors] } }, { type: 'merge' });
  await rig.until('app', isLive(1));
  await rig.apply('app', { ...spec, source: image(2) });
  await rig.until('app', isLive(2));

  expect(condition(lost, 'Ready')?.message).toContain('"errors"');
  expect(condition(refused, 'Ready')?.message).toContain('Check "errors": http.path is asked at workload.port: set it');
  expect(rig.world.measured).toHaveLength(2);
});
