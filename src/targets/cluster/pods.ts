import type { Stored } from '../../kube/index.ts';
import type { Pod } from '../../objects/core.ts';

type Status = NonNullable<Pod['status']>;
type ContainerStatus = NonNullable<Status['containerStatuses']>[number];

/** What the diagnosis reads of a pod. A thousand pods with all their fields are some ten megabytes for nothing. */
export function trimPod({ apiVersion, kind, metadata, status = {} }: Stored<Pod>): Stored<Pod> {
  const { name, namespace, uid, resourceVersion, labels, ownerReferences, deletionTimestamp } = metadata;
  const { phase, conditions, containerStatuses, initContainerStatuses } = status;
  return defined({
    apiVersion,
    kind,
    metadata: defined({ name, namespace, uid, resourceVersion, labels, ownerReferences, deletionTimestamp }),
    status: defined({
      phase,
      conditions,
      containerStatuses: containerStatuses?.map(trimContainer),
      initContainerStatuses: initContainerStatuses?.map(trimContainer),
    }),
  }) as object as Stored<Pod>;
}

function trimContainer({ name, ready, started, restartCount, state, lastState }: ContainerStatus) {
  return defined({ name, ready, started, restartCount, state, lastState });
}

function defined<T extends object>(fields: T): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}
