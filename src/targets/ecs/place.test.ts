import { expect, it } from 'vitest';
import { aTarget, targetUid } from '../../../test/support/aws/objects.ts';
import { aDeployment } from '../../../test/support/aws/rig.ts';
import type { Target } from '../../crds/target/target.ts';
import type { Stored } from '../../kube/index.ts';
import { namesOf, releaseOfDefinition } from './names.ts';
import { type EcsPlace, ecsPlaceOf, ecsPlacesIn } from './place.ts';

const named = (name: string, namespace = 'shop'): EcsPlace => {
  const target = aTarget();
  const place = ecsPlaceOf({ ...target, metadata: { ...target.metadata, name, namespace } });
  if (!place) throw new Error('no place');
  return place;
};

it('gives a Target an external id that its UID decides, whatever its status says', () => {
  const forged = { ...aTarget(), status: { ecs: { externalId: 'of-another-tenant' } } };

  expect(ecsPlaceOf(forged)?.externalId).toBe(`vish-${targetUid}`);
});

it.each([['a'.repeat(63)], ['b.'.repeat(100)]])('keeps the session name of %s within what STS takes', (name) => {
  expect(named(name).sessionName).toMatch(/^vish-shop-[\w+=,.@-]{1,55}$/u);
  expect(named(name).sessionName.length).toBeLessThanOrEqual(64);
});

it('finds the Target of the namespace, and says which one is missing', () => {
  const stored = aTarget() as Stored<Target>;
  const placeOf = ecsPlacesIn({ get: (key) => (key === 'shop/frankfurt' ? stored : undefined) });
  const deployment = aDeployment();
  const elsewhere = { ...deployment, metadata: { ...deployment.metadata, namespace: 'other' } };

  expect(placeOf(deployment).target).toBe('shop/frankfurt');
  expect(() => placeOf(elsewhere)).toThrow(expect.objectContaining({ reason: 'TargetNotFound' }) as Error);
});

it('names things so that no two Deployments meet, in names that AWS takes', () => {
  const of = (namespace: string, name: string, uid: string) => {
    const deployment = aDeployment();
    return namesOf({ ...deployment, metadata: { namespace, name, uid } }, named('frankfurt'));
  };
  const [one, two] = [of('a-b', 'c', '1'), of('a', 'b-c', '2')];

  expect(one.service).not.toBe(two.service);
  expect(of('n'.repeat(63), 'd'.repeat(50), '3').service.length).toBeLessThan(255);
  expect(of('team--x', 'web', '4').repository).toMatch(/^vish\/team-x\/web-[a-f0-9]{8}$/u);
});

it.each([
  ['vish-shop-web-1-r7:3', 7],
  ['arn:aws:ecs:eu-central-1:123456789012:task-definition/vish-shop-web-1-r12:1', 12],
  ['vish-shop-web-1-r7x:1', undefined],
  ['vish-shop-web-1-r0:1', undefined],
  ['vish-shop-web-10-r7:1', undefined],
  ['theirs:1', undefined],
])('reads the release of the definition %s', (definition, release) => {
  expect(releaseOfDefinition('vish-shop-web-1', definition)).toBe(release);
});
