import { createHash } from 'node:crypto';
import type { Deployment } from '../../crds/deployment/deployment.ts';
import type { EcsTarget, Target } from '../../crds/target/target.ts';
import type { Store } from '../../kube/index.ts';
import { TargetError } from '../target.ts';

/** One Target that is on ECS, with what follows from who it is. */
export interface EcsPlace {
  /** `namespace/name`, for messages. */
  readonly target: string;
  readonly externalId: string;
  readonly sessionName: string;
  readonly settings: EcsTarget;
}

/** Undefined when the Target is of another kind of place. */
export function ecsPlaceOf(target: Pick<Target, 'metadata' | 'spec'>): EcsPlace | undefined {
  const { metadata, spec } = target;
  const { namespace = 'default', name, uid } = metadata;
  if (spec.ecs === undefined || uid === undefined) return undefined;
  return {
    target: `${namespace}/${name}`,
    externalId: externalIdOf(uid),
    sessionName: sessionNameOf(namespace, name),
    settings: spec.ecs,
  };
}

/** Finds the place of a Deployment among the Targets of its namespace, as they are now. */
export function ecsPlacesIn(targets: Pick<Store<Target>, 'get'>): (deployment: Deployment) => EcsPlace {
  return ({ metadata: { namespace = 'default' }, spec: { target } }) => {
    const name = target.ref?.name ?? '';
    const found = targets.get(`${namespace}/${name}`);
    const place = found && ecsPlaceOf(found);
    if (place) return place;
    throw new TargetError(
      'TargetNotFound',
      `There is no Target ${name} on ECS in the namespace ${namespace}; create it.`,
    );
  };
}

/**
 * Follows from the UID, which nobody can choose, and is never read back from the status: who may write a status could
 * otherwise give one Target the id of another and with it the other's role.
 */
export function externalIdOf(uid: string): string {
  return `vish-${uid}`;
}

const maxSessionName = 64;

/** The same in every session of a Target, because it stands in the account's audit log. */
function sessionNameOf(namespace: string, name: string): string {
  const full = `vish-${namespace}-${name}`;
  return full.length <= maxSessionName ? full : `${full.slice(0, maxSessionName - 9)}-${shortHash(full)}`;
}

export function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}
