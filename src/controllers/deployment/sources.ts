import type { Build } from '../../crds/build/build.ts';
import type { Deployment } from '../../crds/deployment/deployment.ts';
import type { Source } from '../../kube/controller/source.ts';
import {
  annotationsChanged,
  anyOf,
  byNamespace,
  byOwnerUid,
  generationChanged,
  type Informer,
  type Informers,
  informerSource,
  type KubeObject,
  keyOf,
  ownersOf,
} from '../../kube/index.ts';
import { configMaps } from '../../objects/core.ts';
import { builds, deployments, projects } from '../../objects/vish.ts';
import type { Read } from '../../objects/wire.ts';
import { controllerRevisions } from '../../objects/workloads.ts';
import { referencesOf } from './configuration/references.ts';
import type { Stores } from './look.ts';
import { orphanIndex, orphanKeys } from './release/orphans.ts';
import { placeKeys } from './wish/project.ts';

/** The informers that the controller reads, with the indexes by which it finds things. */
export function storesOf(cache: Pick<Informers, 'informer' | 'metadataInformer'>): Stores {
  const stores = {
    deployments: cache.informer(deployments),
    projects: cache.informer(projects),
    builds: cache.informer(builds),
    revisions: cache.informer(controllerRevisions),
    configMaps: cache.metadataInformer(configMaps),
  };
  stores.deployments.addIndex('namespace', byNamespace);
  stores.deployments.addIndex('place', placeKeys);
  stores.deployments.addIndex('project', byProject);
  stores.deployments.addIndex('build', byBuild);
  stores.deployments.addIndex('configMap', byConfigMap);
  stores.builds.addIndex('owner', byOwnerUid);
  stores.builds.addIndex('digest', byDigest);
  stores.revisions.addIndex('owner', byOwnerUid);
  stores.revisions.addIndex(orphanIndex, orphanKeys);
  return stores;
}

/** What wakes a Deployment. */
export function sourcesOf(stores: Stores): Source[] {
  const { deployments: informer } = stores;
  const named = (index: string) => (object: KubeObject) => informer.store.byIndex(index, keyOf(object)).map(keyOf);
  return [
    informerSource({
      name: 'deployments',
      informer,
      map: (deployment) => [keyOf(deployment), ...rivals(informer, deployment)],
    }),
    informerSource({
      name: 'projects',
      informer: stores.projects,
      map: named('project'),
      when: anyOf(generationChanged, annotationsChanged),
    }),
    informerSource({ name: 'builds', informer: stores.builds, map: named('build') }),
    informerSource({ name: 'controllerrevisions', informer: stores.revisions, map: ownersOf(deployments) }),
    informerSource({ name: 'orphans', informer: stores.revisions, map: orphanKeys }),
    informerSource({ name: 'configmaps', informer: stores.configMaps, map: named('configMap') }),
  ];
}

/** When one of two that want the same place goes, the other may have it. */
function rivals({ store }: Informer<Deployment>, deployment: Read<Deployment>): string[] {
  return placeKeys(deployment).flatMap((key) => store.byIndex('place', key).map(keyOf));
}

function byProject({ metadata, spec }: Read<Deployment>): string[] {
  return spec.projectRef === undefined ? [] : [`${metadata.namespace}/${spec.projectRef.name}`];
}

function byBuild({ metadata, status }: Read<Deployment>): string[] {
  return status?.build === undefined ? [] : [`${metadata.namespace}/${status.build}`];
}

function byDigest({ metadata, status }: Read<Build>): string[] {
  return status?.digest === undefined ? [] : [`${metadata.namespace}/${status.digest}`];
}

function byConfigMap({ metadata, spec }: Read<Deployment>): string[] {
  const names = referencesOf(spec).filter(({ kind }) => kind === 'ConfigMap');
  return names.map(({ name }) => `${metadata.namespace}/${name}`);
}
