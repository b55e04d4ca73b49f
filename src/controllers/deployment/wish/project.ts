import type { Deployment } from '../../../crds/deployment/deployment.ts';
import type { Project } from '../../../crds/project/project.ts';
import { formatKey, type Informer } from '../../../kube/index.ts';
import type { Read } from '../../../objects/wire.ts';
import { Obstacle } from '../obstacle.ts';

export interface ProjectStores {
  readonly projects: Pick<Informer<Project>, 'store'>;
  readonly deployments: Pick<Informer<Deployment>, 'store'>;
}

export interface Membership {
  readonly project: Read<Project>;
  readonly service: string;
}

/** The Project of a Deployment and its service, when the Deployment may stand for the environment that it names. */
export function membershipOf(deployment: Read<Deployment>, stores: ProjectStores): Membership {
  const { namespace = '' } = deployment.metadata;
  const { projectRef, environment = '' } = deployment.spec;
  const name = projectRef?.name ?? '';
  const project = stores.projects.store.get(formatKey({ namespace, name }));
  if (project === undefined) throw new Obstacle('ProjectNotFound', `There is no Project "${name}" in this namespace.`);
  // Whatever is made for it now would be deleted with it, and made again, for as long as its deletion lasts.
  if (project.metadata.deletionTimestamp !== undefined) {
    throw new Obstacle('ProjectNotFound', `Project "${name}" is being deleted.`);
  }
  const service = serviceOf(deployment, project);
  checkEnvironment(deployment, project, environment);
  checkAlone(deployment, stores, { project, service });
  return { project, service };
}

/** Deployments that stand for the same service in the same environment have the same key. */
export function placeKeys({ metadata, spec }: Read<Deployment>): string[] {
  const { projectRef, environment } = spec;
  if (projectRef === undefined || environment === undefined) return [];
  return [`${metadata.namespace}/${projectRef.name}/${environment}`];
}

function serviceOf({ spec }: Read<Deployment>, project: Read<Project>): string {
  const names = serviceNames(project);
  const [only = project.metadata.name] = names;
  const wanted = spec.service ?? only;
  if (names.includes(wanted)) return wanted;
  const known = names.map((name) => `"${name}"`).join(', ');
  throw new Obstacle(
    'ServiceNotFound',
    `Project "${project.metadata.name}" has no service "${wanted}", only ${known}.`,
  );
}

function serviceNames({ metadata, spec }: Read<Project>): string[] {
  return spec.services?.map(({ name }) => name) ?? [metadata.name];
}

function checkEnvironment(deployment: Read<Deployment>, project: Read<Project>, name: string): void {
  const of = `Project "${project.metadata.name}"`;
  const environment = project.spec.environments?.find((each) => each.name === name);
  if (environment === undefined) {
    const known = (project.spec.environments ?? []).map((each) => each.name).join(', ');
    throw new Obstacle('EnvironmentNotFound', `${of} has no environment "${name}"; it has ${known || 'none'}.`);
  }
  const ofProject = deployment.metadata.ownerReferences?.some(({ uid }) => uid === project.metadata.uid) === true;
  if (environment.managedBy === 'Project' && !ofProject) {
    throw new Obstacle('EnvironmentTaken', `${of} makes the Deployments of "${name}" itself.`);
  }
}

/** Two that release the same service would each roll back the other; the older one keeps it. */
function checkAlone(
  deployment: Read<Deployment>,
  { deployments }: ProjectStores,
  { project, service }: Membership,
): void {
  const rivals = placeKeys(deployment)
    .flatMap((key) => deployments.store.byIndex('place', key))
    .filter((other) => other.metadata.uid !== deployment.metadata.uid && other.metadata.deletionTimestamp === undefined)
    .filter((other) => (other.spec.service ?? serviceNames(project)[0]) === service);
  const older = rivals.find((other) => isOlder(other, deployment));
  if (older === undefined) return;
  const what = `service "${service}" in "${deployment.spec.environment}"`;
  throw new Obstacle('EnvironmentTaken', `Deployment "${older.metadata.name}" stands for ${what} already.`);
}

function isOlder({ metadata: a }: Read<Deployment>, { metadata: b }: Read<Deployment>): boolean {
  const [first = '', second = ''] = [a.creationTimestamp, b.creationTimestamp];
  return first === second ? a.name < b.name : first < second;
}
