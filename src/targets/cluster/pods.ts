import type { Stored } from '../../kube/index.ts';
import type { Pod } from '../../objects/core.ts';

type Status = NonNullable<Pod['status']>;
type ContainerStatus = NonNullable<Status['containerStatuses']>[number];

/** What is read of a pod: by the diagnosis, and to ask it by its address. A thousand pods with all their fields are some ten megabytes for nothing. */
export function trimPod({ apiVersion, kind, metadata, spec, status = {} }: Stored<Pod>): Stored<Pod> {
  const { name, namespace, uid, resourceVersion, labels, ownerReferences, deletionTimestamp } = metadata;
  const { phase, podIP, conditions, containerStatuses, initContainerStatuses } = status;
  return defined({
    apiVersion,
    kind,
    metadata: defined({ name, namespace, uid, resourceVersion, labels, ownerReferences, deletionTimestamp }),
    ...(spec?.hostNetwork === true ? { spec: { hostNetwork: true } } : {}),
    status: defined({
      phase,
      podIP,
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
