import type { Deployment } from '../../../crds/deployment/deployment.ts';
import { controllerOf, type KubeObject, type Resource, type Stored, withController } from '../../../kube/index.ts';
import { labels, manager } from '../../../objects/labels.ts';
import { deployments } from '../../../objects/vish.ts';
import { TargetError } from '../../target.ts';
import { commonLabels } from '../selectors.ts';

/** One object beside the replicas: what it should be, and what is known of it. */
export interface Child {
  readonly resource: Resource;
  /** Absent: there should be none. */
  readonly wanted?: KubeObject;
  readonly observed?: Stored<KubeObject> | undefined;
}

interface ChildMeta {
  readonly name?: string;
  readonly notes?: Readonly<Record<string, string>>;
}

/** Everything beside the replicas goes with the Deployment, and has its name where there is one of a kind. */
export function childOf(deployment: Deployment, fields: object, { name, notes }: ChildMeta = {}): KubeObject {
  const { name: own, namespace = '' } = deployment.metadata;
  const labels = commonLabels(deployment);
  const metadata = { name: name ?? own, namespace, labels, ...(notes === undefined ? {} : { annotations: notes }) };
  const intent = { metadata, ...fields };
  return withController(intent, { resource: deployments, object: stored(deployment) });
}

/** Refuses before anything is written what would overwrite an object of somebody else. */
export function refuseForeign(deployment: Deployment, children: readonly Child[]): void {
  for (const { resource, wanted, observed } of children) {
    if (wanted === undefined || observed === undefined || isOurs(observed, deployment)) continue;
    throw foreign(`${resource.kind} ${observed.metadata.name}`, observed);
  }
}

export function foreign(what: string, object: KubeObject): TargetError {
  const owner = controllerOf(object);
  if (owner !== undefined && isLeftover(owner, object.metadata.name)) {
    const message = `${what} is of a Deployment of this name that was deleted, and goes with it`;
    return new TargetError('CleaningUp', message);
  }
  const whose = owner === undefined ? 'was not made for this Deployment' : `belongs to ${owner.kind} ${owner.name}`;
  return new TargetError(
    'ForeignOwner',
    `${what} exists and ${whose}: remove it, or give this Deployment another name`,
  );
}

type Owner = NonNullable<ReturnType<typeof controllerOf>>;

/**
 * There is one object of a kind and name, so an owner of the same name that is not the one of today was deleted: garbage
 * collection, which takes half a minute, is on its way.
 */
function isLeftover({ apiVersion, kind, name }: Owner, ownName: string | undefined): boolean {
  const isOurKind = kind === 'ControllerRevision' || (kind === 'Deployment' && apiVersion.startsWith('vish.dev/'));
  return isOurKind && name === ownName;
}

/** Ours by its owner, or left behind by a Deployment of this name that was deleted without what it owned. */
export function isOurs(object: KubeObject, deployment: Deployment): boolean {
  const controller = controllerOf(object);
  if (controller !== undefined) return controller.uid === deployment.metadata.uid;
  const { [labels.managedBy]: by, [labels.deployment]: name } = object.metadata.labels ?? {};
  return by === manager && name === deployment.metadata.name;
}

/** As an owner is named. */
export function stored({ metadata }: Deployment) {
  const { uid = '' } = metadata;
  return { metadata: { ...metadata, uid } };
}
