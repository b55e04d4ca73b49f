import { expect, it } from 'vitest';
import { aDeployment } from '../../../../test/support/cluster-place/builders.ts';
import { anAppsDeployment, aSet } from '../../../../test/support/hand-over-world.ts';
import { nextMove } from './next.ts';

const deployment = aDeployment();
const ours = aSet();
const given = aSet({ owner: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'old', uid: 'uid-old' } });
const foreign = aSet({ owner: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'other', uid: 'uid-other' } });

it.each([
  ['makes the apps/v1 Deployment first', { set: ours, apps: undefined }, 'Create'],
  ['gives it the ReplicaSet', { set: ours, apps: anAppsDeployment() }, 'Give'],
  ['waits until apps/v1 has found it', { set: given, apps: anAppsDeployment() }, 'Wait'],
  ['takes the pause away then', { set: given, apps: anAppsDeployment({ noticed: true }) }, 'Resume'],
  ['is done after that', { set: given, apps: anAppsDeployment({ noticed: true, paused: false }) }, 'Done'],
  ['lets apps/v1 make a deleted ReplicaSet anew', { set: undefined, apps: anAppsDeployment() }, 'Resume'],
  ['has nothing to go on with when both are gone', { set: undefined, apps: undefined }, 'Lost'],
  ['knows that what goes with a deleted owner is lost', { set: given, apps: undefined }, 'Lost'],
  ['leaves alone what another one owns', { set: foreign, apps: anAppsDeployment() }, 'Taken'],
  ["leaves somebody's object of the name alone", { set: ours, apps: anAppsDeployment({ by: 'another' }) }, 'Taken'],
  ['waits for one that is being deleted', { set: ours, apps: anAppsDeployment({ isGoing: true }) }, 'Wait'],
] as const)('%s', (_, seen, move) => {
  expect(nextMove(deployment, seen)).toBe(move);
});
