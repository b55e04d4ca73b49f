import type { Condition } from '../../src/crds/conditions/condition.ts';
import { findCondition } from '../../src/crds/conditions/conditions.ts';
import type { Deployment } from '../../src/crds/deployment/deployment.ts';

/** What the sample app's source is, in one of its versions. */
export function image(version: number) {
  return { image: `registry.example.com/web:${version}` };
}

export function condition({ status }: Deployment, type: string): Condition | undefined {
  return findCondition(status?.conditions ?? [], type);
}

/** Seen in its present generation, and summed up so. */
export function isReason(reason: string): (deployment: Deployment) => boolean {
  return (deployment) =>
    condition(deployment, 'Ready')?.reason === reason &&
    deployment.status?.observedGeneration === deployment.metadata.generation;
}

export function isLive(release: number): (deployment: Deployment) => boolean {
  return (deployment) => deployment.status?.live?.release === release && isReason('ReleaseLive')(deployment);
}
