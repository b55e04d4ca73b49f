import { findCondition, type Summary } from '../../crds/conditions/conditions.ts';
import type { Deployment } from '../../crds/deployment/deployment.ts';
import { apiVersion } from '../../crds/kind/kind.ts';
import type { Project } from '../../crds/project/project.ts';
import { reasonEntry } from '../../crds/reasons/reasons.ts';
import type { EventRecorder } from '../../kube/index.ts';
import type { Read } from '../../objects/wire.ts';

type Notice = Parameters<EventRecorder['record']>[0];

/** An app that ends is worth a word: whoever took the environment out of a file may not have meant it. */
export function removed(project: Read<Project>, { metadata, spec }: Read<Deployment>): Notice {
  return {
    type: 'Normal',
    reason: 'EnvironmentRemoved',
    action: 'DeleteDeployment',
    note: `Deployment "${metadata.name}" is deleted: the Project has no environment "${spec.environment ?? ''}" any more.`,
    regarding: regarding(project),
  };
}

/** One event whenever the sum of it all becomes another one. */
export function changed(project: Read<Project>, { reason, message }: Summary): Notice[] {
  if (findCondition(project.status?.conditions ?? [], 'Ready')?.reason === reason) return [];
  const type = reasonEntry(reason)?.course === 'Stuck' ? 'Warning' : 'Normal';
  return [{ type, reason, action: 'Reconcile', note: message, regarding: regarding(project) }];
}

function regarding({ metadata: { name, namespace = '', uid } }: Read<Project>) {
  return { apiVersion, kind: 'Project', namespace, name, uid };
}
