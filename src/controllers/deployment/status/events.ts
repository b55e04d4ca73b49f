import { findCondition } from '../../../crds/conditions/conditions.ts';
import type { Deployment } from '../../../crds/deployment/deployment.ts';
import type { DeploymentStatus } from '../../../crds/deployment/status.ts';
import { apiVersion } from '../../../crds/kind/kind.ts';
import { reasonEntry } from '../../../crds/reasons/reasons.ts';
import type { EventRecorder } from '../../../kube/index.ts';
import type { Read } from '../../../objects/wire.ts';
import { afterFailureMessage } from '../../../rollout/engine/hooks.ts';
import type { Finding } from '../../../rollout/engine/state.ts';

type Recorder = Pick<EventRecorder, 'record'>;

/**
 * One event whenever the sum of it all becomes another one, and at each step of a rollout that has several: what people see
 * in `kubectl describe`. `related` is the Build
 * or release that it is about: equal events within some minutes become one with the first note, and without it release 2
 * would be told in the words of release 1.
 */
export function recordChange(recorder: Recorder, { before, after }: Change, finding: Finding): void {
  const step = stepOf(after.status);
  // Part of what makes two events equal: the second step is not told in the words of the first one.
  const action = step ?? 'Release';
  if (!wasTold(before.status ?? {}, finding.reason, step)) tell(recorder, { before, after }, { ...finding, action });
  const message = newFailureAfter(before.status, after.status);
  if (message === undefined) return;
  tell(recorder, { before, after }, { reason: 'HookFailed', message, action: 'AfterRelease' });
}

interface Change {
  readonly before: Read<Deployment>;
  readonly after: Pick<Deployment, 'status'>;
}

function tell(
  recorder: Recorder,
  { before, after }: Change,
  { reason, message, action }: Finding & { action: string },
): void {
  const { name, namespace = '', uid } = before.metadata;
  const course = reasonEntry(reason)?.course;
  const related = relatedTo(after.status ?? {});
  recorder.record({
    type: course === 'Stuck' || course === 'Retrying' ? 'Warning' : 'Normal',
    reason,
    action,
    note: message,
    regarding: { apiVersion, kind: 'Deployment', namespace, name, uid },
    ...(related && { related: { ...related, namespace } }),
  });
}

/** The command after a release does not change the sum of it all, so its failure is told by itself. */
function newFailureAfter(before: DeploymentStatus = {}, after: DeploymentStatus = {}): string | undefined {
  const runIn = ({ history = [] }: DeploymentStatus) =>
    history.find(({ number }) => number === after.live?.release)?.hooks?.after;
  const run = runIn(after);
  if (run?.result !== 'Failed' || runIn(before)?.result === 'Failed') return undefined;
  return `Release ${after.live?.release} serves. ${afterFailureMessage(run)}`;
}

function wasTold({ conditions = [], rollout }: DeploymentStatus, reason: string, step: string | undefined): boolean {
  const isSame = findCondition(conditions, 'Ready')?.reason === reason;
  return isSame && (step === undefined || stepOf({ rollout }) === step);
}

/** Of a release on its way, where there are several. */
function stepOf({ rollout }: DeploymentStatus = {}): string | undefined {
  return rollout === undefined || rollout.steps < 2 ? undefined : `Release${rollout.release}Step${rollout.step}`;
}

function relatedTo({ build, rollout, live, history = [] }: DeploymentStatus) {
  if (build !== undefined) return { apiVersion, kind: 'Build', name: build };
  const number = rollout?.release ?? live?.release;
  const release = history.find((record) => record.number === number);
  return release && { apiVersion: 'apps/v1', kind: 'ControllerRevision', name: release.name };
}
