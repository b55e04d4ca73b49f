import type { ReachRelease } from '../checks/kinds/path.ts';
import type { Informers } from '../kube/index.ts';
import { deployments } from '../objects/vish.ts';
import type { Random } from '../seams/random.ts';
import { addressesOf } from '../targets/cluster/addresses.ts';
import { clusterInformers, haveSynced } from '../targets/cluster/informers.ts';
import { releaseViewOf } from '../targets/cluster/view.ts';
import type { Outside } from './outside.ts';

export interface CheckReplicasOptions {
  readonly cache: Informers;
  readonly random: Random;
  readonly outside: Pick<Outside, 'toPods'>;
}

/** Replicas of the release that checks ask, where it runs in this cluster: any of those that are ready. */
export function checkReplicas({ cache, random, outside }: CheckReplicasOptions): ReachRelease {
  const { store } = cache.informer(deployments);
  const informers = clusterInformers(cache);
  return ({ namespace, name, stored: release }) => {
    const deployment = store.get(`${namespace}/${name}`);
    if (deployment?.spec.target.cluster === undefined) return noData('Only what runs in this cluster is asked.');
    if (!haveSynced(informers)) return noData('What runs in the cluster is not read yet.');
    const reached = addressesOf(releaseViewOf(informers, deployment, release));
    if ('verdict' in reached) return reached;
    const { addresses, port } = reached;
    const address = addresses[Math.floor(random.next() * addresses.length)] ?? '';
    return { address, port, outbound: outside.toPods(port) };
  };
}

function noData(message: string) {
  return { verdict: 'NoData', message } as const;
}
