import type { Deployment } from '../../crds/deployment/deployment.ts';
import type { Project } from '../../crds/project/project.ts';
import {
  byOwnerUid,
  formatKey,
  generationChanged,
  type Informer,
  type Informers,
  informerSource,
  keyOf,
} from '../../kube/index.ts';
import { deployments, projects } from '../../objects/vish.ts';
import type { Read } from '../../objects/wire.ts';
import type { Found } from './plan.ts';

export interface Stores {
  readonly projects: Informer<Project>;
  readonly deployments: Informer<Deployment>;
}

const owner = 'owner';
const namedProject = 'named-project';

export function storesOf(cache: Informers): Stores {
  const stores = { projects: cache.informer(projects), deployments: cache.informer(deployments) };
  stores.deployments.addIndex(owner, byOwnerUid);
  stores.deployments.addIndex(namedProject, projectKeys);
  return stores;
}

/** What wakes a Project: itself, and every Deployment that names it or that it made. */
export function sourcesOf(stores: Stores) {
  return [
    informerSource({ name: 'projects', informer: stores.projects, when: generationChanged }),
    informerSource({ name: 'deployments', informer: stores.deployments, map: wokenBy }),
  ];
}

export function foundFor(project: Read<Project>, { deployments: { store } }: Stores): Found {
  const { namespace = '', uid } = project.metadata;
  return {
    project,
    named: store.byIndex(namedProject, keyOf(project)),
    own: store.byIndex(owner, uid),
    byName: (name) => store.get(formatKey({ namespace, name })),
  };
}

function projectKeys({ metadata: { namespace = '' }, spec }: Deployment): string[] {
  return spec.projectRef ? [formatKey({ namespace, name: spec.projectRef.name })] : [];
}

/** Also by its controller: somebody may have changed the reference in the spec. */
function wokenBy(deployment: Read<Deployment>): string[] {
  const { namespace = '', ownerReferences = [] } = deployment.metadata;
  const makers = ownerReferences.filter(({ kind, controller }) => kind === projects.kind && controller === true);
  return [...new Set([...projectKeys(deployment), ...makers.map(({ name }) => formatKey({ namespace, name }))])];
}
