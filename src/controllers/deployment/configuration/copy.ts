import { withController } from '../../../kube/index.ts';
import { labels, manager } from '../../../objects/labels.ts';
import type { Read } from '../../../objects/wire.ts';
import { type ControllerRevision, controllerRevisions } from '../../../objects/workloads.ts';
import { Obstacle } from '../obstacle.ts';
import type { Held } from './configuration.ts';

export interface CopyRequest {
  readonly each: Held;
  readonly copy: string;
}

/** What every copy is, whatever it holds: of its release, and the same for ever. */
export function copyOf(revision: Read<ControllerRevision>, name: string) {
  const { namespace = '', labels: given = {} } = revision.metadata;
  const own = { [labels.managedBy]: manager, [labels.release]: revision.metadata.name };
  const deployment = given[labels.deployment];
  const metadata = {
    namespace,
    name,
    labels: deployment === undefined ? own : { ...own, [labels.deployment]: deployment },
  };
  return withController({ metadata, immutable: true }, { resource: controllerRevisions, object: revision });
}

/** It changed since the release was identified: another release is wanted by now. */
export function changed({ kind, name }: Held): Obstacle {
  return new Obstacle('ResolvingSource', `${kind} "${name}" has just changed and is read again.`, {
    lookAgainMs: 1000,
  });
}
