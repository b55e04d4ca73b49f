import { type Target, target as targetKind } from '../../../src/crds/target/target.ts';

export const targetUid = '0b9d4c1e-0000-4000-8000-000000000002';

/** The stand-in has this cluster and knows this role. */
export function ecsSettings(changes: Record<string, unknown> = {}) {
  return {
    region: 'eu-central-1',
    cluster: 'apps',
    roleArn: 'arn:aws:iam::123456789012:role/vish',
    executionRoleArn: 'arn:aws:iam::123456789012:role/ecs-execution',
    subnets: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'],
    ...changes,
  };
}

export function aTarget(changes: Record<string, unknown> = {}): Target {
  const { spec } = targetKind.schema.parse({
    apiVersion: 'vish.dev/v1alpha1',
    kind: 'Target',
    metadata: { name: 'frankfurt' },
    spec: { ecs: ecsSettings(changes) },
  });
  const metadata = { name: 'frankfurt', namespace: 'shop', uid: targetUid, generation: 1 };
  return { apiVersion: 'vish.dev/v1alpha1', kind: 'Target', metadata, spec };
}
