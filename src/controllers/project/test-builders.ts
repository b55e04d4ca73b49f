import { type Deployment, deployment } from '../../crds/deployment/deployment.ts';
import type { DeploymentSpecInput } from '../../crds/deployment/spec.ts';
import { type Project, project } from '../../crds/project/project.ts';
import type { ObjectMeta } from '../../kube/index.ts';
import { controllerReference } from '../../kube/owner/owner.ts';
import { projects } from '../../objects/vish.ts';
import type { Read } from '../../objects/wire.ts';
import type { Found } from './plan.ts';

export const smallest = {
  source: { git: { url: 'https://git.example.com/acme/shop.git' } },
  image: { repository: 'registry.example.com/acme/shop' },
};

/** A Project as the server gives it back: with defaults. */
export function aProject(spec: object = {}, metadata: ObjectMeta = {}): Read<Project> {
  const identity = {
    name: 'shop',
    namespace: 'team',
    uid: 'project-1',
    resourceVersion: '1',
    generation: 3,
    ...metadata,
  };
  const parsed = project.schema.parse({
    apiVersion: 'vish.dev/v1alpha1',
    kind: 'Project',
    metadata: { name: identity.name },
    spec: { ...smallest, ...spec },
  });
  return { ...parsed, metadata: identity };
}

export function aDeployment(name: string, environment: string, more: Partial<Read<Deployment>> = {}): Read<Deployment> {
  const spec: DeploymentSpecInput = { projectRef: { name: 'shop' }, environment, source: { branch: 'main' } };
  const parsed = deployment.schema.parse({
    apiVersion: 'vish.dev/v1alpha1',
    kind: 'Deployment',
    metadata: { name },
    spec,
  });
  const { metadata, ...rest } = more;
  return {
    ...parsed,
    ...rest,
    metadata: { name, namespace: 'team', uid: `uid-${name}`, resourceVersion: '1', ...metadata },
  };
}

export function ownedBy(owner: Read<Project>): ObjectMeta['ownerReferences'] {
  return [controllerReference({ resource: projects, object: owner })];
}

/** The caches with these Deployments in them. */
export function found(of: Read<Project>, ...deployments: Read<Deployment>[]): Found {
  return {
    project: of,
    named: deployments.filter(({ spec }) => spec.projectRef?.name === of.metadata.name),
    own: deployments.filter(({ metadata }) => metadata.ownerReferences?.some(({ uid }) => uid === of.metadata.uid)),
    byName: (name) => deployments.find(({ metadata }) => metadata.name === name),
  };
}
