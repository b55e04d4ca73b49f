import { expect, it } from 'vitest';
import { aDeployment, aRelease } from '../../../../test/support/cluster-place/builders.ts';
import { anAppsDeployment, aSet } from '../../../../test/support/hand-over-world.ts';
import { type Standing, setToGive } from './obstacles.ts';

function standing(fields: Partial<Standing> = {}): Standing {
  const deployment = aDeployment({ workload: { scale: { replicas: 2 } } });
  return { deployment, release: aRelease(), sets: [aSet()], autoscalers: [], name: 'old', apps: undefined, ...fields };
}

function scaler(apiVersion: string) {
  const metadata = { name: 'scaler', namespace: 'shop', uid: 'u', resourceVersion: '1' };
  return { metadata, spec: { scaleTargetRef: { apiVersion, kind: 'Deployment', name: 'web' } } };
}

it('lets a release begin that runs alone and in full, also a second time and with an autoscaler of apps/v1', () => {
  expect(setToGive(standing())).toEqual(aSet());
  expect(setToGive(standing({ apps: anAppsDeployment(), autoscalers: [scaler('apps/v1')] }))).toEqual(aSet());
  expect(setToGive(standing({ sets: [aSet({ name: 'web-0', replicas: 0 }), aSet()] }))).toEqual(aSet());
});

it.each([
  ['a Deployment of the name', { apps: anAppsDeployment({ by: 'another' }) }, 'HandOverBlocked', 'apps old exists'],
  ['an autoscaler of ours', { autoscalers: [scaler('vish.dev/v1alpha1')] }, 'HandOverBlocked', 'Autoscaler scaler'],
  ['that nothing runs', { sets: [] }, 'HandOverBlocked', 'has no ReplicaSet'],
  ['a warm release', { sets: [aSet(), aSet({ name: 'web-0' })] }, 'HandingOver', 'until web-0 has ended'],
  ['a size on its way', { sets: [aSet({ replicas: 1 })] }, 'HandingOver', 'has 2 replicas'],
] as const)('names what is in the way: %s', (_, fields, reason, message) => {
  expect(setToGive(standing(fields))).toMatchObject({ reason, message: expect.stringContaining(message) });
});
