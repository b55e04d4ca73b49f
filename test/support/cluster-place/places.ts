import { type InformerCache, informerSource, keyOf, WakeSource } from '../../../src/kube/index.ts';
import { systemClock as clock } from '../../../src/seams/system.ts';
import { createClusterTarget } from '../../../src/targets/cluster/cluster-target.ts';
import { commandInformers, commandKeys } from '../../../src/targets/cluster/commands/informers.ts';
import { scheduleInformer } from '../../../src/targets/cluster/commands/schedules.ts';
import { clusterInformers, deploymentKeys } from '../../../src/targets/cluster/informers.ts';
import type { PlaceTools } from '../deployment-rig.ts';

/** The cluster as the place of every Deployment, for the rig of the Deployment controller. */
export function clusterPlaces({ client, cache, written }: PlaceTools) {
  const whole = cache as InformerCache;
  const routes = new WakeSource('routes');
  const target = createClusterTarget({
    client,
    cache: whole,
    clock,
    fieldManager: 'vish-deployment',
    wake: routes.wake,
    observer: {
      wrote: ({ metadata }, resource, object) => written.wrote(writer(metadata), resource, object),
      deleted: ({ metadata }, resource, object) => written.deleted(writer(metadata), resource, object),
    },
  });
  const informers = clusterInformers(whole);
  const commands = commandInformers(whole);
  const targetSources = [
    informerSource({ name: 'cronjobs', informer: scheduleInformer(whole), map: deploymentKeys }),
    informerSource({ name: 'jobs', informer: commands.jobs, map: commandKeys }),
    informerSource({ name: 'command pods', informer: commands.pods, map: commandKeys }),
    informerSource({ name: 'replicasets', informer: informers.replicaSets, map: deploymentKeys }),
    informerSource({ name: 'pods', informer: informers.pods, map: deploymentKeys }),
    informerSource({
      name: 'services',
      informer: informers.services,
      map: (object) => [keyOf(object), ...deploymentKeys(object)],
    }),
    routes,
  ];
  return { findTarget: () => ({ target, outside: false }), targetSources };
}

function writer(metadata: { namespace?: string; name: string; uid?: string }) {
  return { key: keyOf({ metadata }), uid: metadata.uid ?? '' };
}
