import { findCondition } from '../../../crds/conditions/conditions.ts';
import type { Deployment } from '../../../crds/deployment/deployment.ts';
import type { DeploymentStatus } from '../../../crds/deployment/status.ts';
import { apiVersion } from '../../../crds/kind/kind.ts';
import { reasonEntry } from '../../../crds/reasons/reasons.ts';
import type { EventRecorder } from '../../../kube/index.ts';
import type { Read } from '../../../objects/wire.ts';
import type { Finding } from '../../../rollout/engine/state.ts';

type Recorder = Pick<EventRecorder, 'record'>;

/**
 * One event whenever the sum of it all becomes another one: what people see in `kubectl describe`. `related` is the Build
 * or release that it is about: equal events within some minutes become one with the first note, and without it release 2
 * would be told in the words of release 1.
 */
export function recordChange(
  recorder: Recorder,
  { before, after }: { before: Read<Deployment>; after: Pick<Deployment, 'status'> },
  { reason, message }: Finding,
): void {
  if (findCondition(before.status?.conditions ?? [], 'Ready')?.reason === reason) return;
  const { name, namespace = '', uid } = before.metadata;
  const course = reasonEntry(reason)?.course;
  const related = relatedTo(after.status ?? {});
  recorder.record({
    type: course === 'Stuck' || course === 'Retrying' ? 'Warning' : 'Normal',
    reason,
    action: 'Release',
    note: message,
    regarding: { apiVersion, kind: 'Deployment', namespace, name, uid },
    ...(related && { related: { ...related, namespace } }),
  });
}

function relatedTo({ build, rollout, live, history = [] }: DeploymentStatus) {
  if (build !== undefined) return { apiVersion, kind: 'Build', name: build };
  const number = rollout?.release ?? live?.release;
  const release = history.find((record) => record.number === number);
  return release && { apiVersion: 'apps/v1', kind: 'ControllerRevision', name: release.name };
}
