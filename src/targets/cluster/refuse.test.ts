import { describe, expect, it } from 'vitest';
import { aDeployment, type DeploymentParts } from '../../../test/support/cluster-place/builders.ts';
import { refuseUnsupported } from './refuse.ts';

function refusal(parts: DeploymentParts): unknown {
  const deployment = aDeployment(parts);
  try {
    refuseUnsupported(deployment);
    return undefined;
  } catch (error) {
    return error;
  }
}

describe('what the cluster does not do yet is refused with what it does', () => {
  it.each([
    [
      'a session cookie',
      { cluster: { gateway: { parentRefs: [{ name: 'public' }], sessionCookie: 'visit' } } },
      'remove target.cluster.gateway.sessionCookie',
    ],
  ])('%s', (_, parts, alternative) => {
    const error = refusal(parts);

    expect(error).toMatchObject({ name: 'TargetError', reason: 'Unsupported' });
    expect((error as Error).message).toContain(alternative);
  });
  it.each([
    ['the defaults', {}],
    ['BlueGreen', { strategy: { type: 'BlueGreen' as const } }],
    ['Recreate', { strategy: { type: 'Recreate' as const } }],
    ['an adoption', { cluster: { adopt: { name: 'old' } } }],
    ['a route of the user', { cluster: { gateway: { routeRefs: [{ name: 'mine' }] } } }],
    ['a route of our own', { cluster: { gateway: { parentRefs: [{ name: 'public' }] } } }],
  ])('and %s are taken', (_, parts) => {
    expect(refusal(parts)).toBeUndefined();
  });
});
