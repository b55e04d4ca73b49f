import { isControlledBy, type Stored } from '../../kube/index.ts';
import type { Pod } from '../../objects/core.ts';
import type { Verdict } from '../../rollout/checks/judge.ts';
import { adoptedSet } from './replica-set.ts';
import { livePods, type ReleaseView } from './view.ts';

/** Where a release can be asked by itself; or what it means that it cannot. */
export type Reached =
  | { readonly addresses: readonly string[]; readonly port: number }
  | { readonly verdict: Exclude<Verdict, 'Passed'>; readonly message: string };

/**
 * The addresses of its replicas that are ready. Not of a Service: who may write Services could lead one of ours elsewhere, and
 * only some strategies have one for each release. The status of a pod is the kubelet's to write. The network of a node, where
 * an address of a pod is that of the node with all that listens there, is not asked.
 */
export function addressesOf(view: ReleaseView): Reached {
  const { release, set } = view;
  const port = adoptedSet(release)?.port ?? release.workload.port;
  if (port === undefined) return { verdict: 'NoData', message: 'It has no workload.port to be asked at.' };
  const pods = livePods(view).filter(
    (pod) => set !== undefined && isControlledBy(pod, set) && pod.metadata.deletionTimestamp === undefined,
  );
  if (pods.length === 0) return { verdict: 'NoData', message: 'No replica of it runs.' };
  if (pods.some(({ spec }) => spec?.hostNetwork === true)) return { verdict: 'NoData', message: onNodes };
  const addresses = pods.filter(isReady).flatMap(({ status }) => status?.podIP ?? []);
  return addresses.length === 0
    ? { verdict: 'Failed', message: 'None of its replicas is ready.' }
    : { addresses, port };
}

const onNodes = 'Its replicas use the network of their nodes, where http.path is not asked: use http.url.';

function isReady({ status }: Stored<Pod>): boolean {
  return status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') === true;
}
