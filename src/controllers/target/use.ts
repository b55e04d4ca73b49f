import { findCondition } from '../../crds/conditions/conditions.ts';
import type { Deployment } from '../../crds/deployment/deployment.ts';
import type { Target } from '../../crds/target/target.ts';
import type { Predicate } from '../../kube/controller/change.ts';
import type { Informer, KubeObject, Store } from '../../kube/index.ts';
import type { Read } from '../../objects/wire.ts';
import type { Finding } from '../../rollout/engine/state.ts';
import { targetFinalizer } from '../deployment/deletion.ts';

/**
 * Keeps a Target while a Deployment refers to it: without the role nobody could remove what the Deployment has there, and
 * its deletion would never end.
 */
export const inUseFinalizer = 'vish.dev/in-use';

const index = 'target';

export function isHeld({ metadata }: KubeObject): boolean {
  return metadata.finalizers?.includes(inUseFinalizer) === true;
}

export function targetKeys({ metadata, spec }: Pick<Deployment, 'metadata' | 'spec'>): string[] {
  const { ref } = spec.target;
  return ref === undefined ? [] : [`${metadata.namespace}/${ref.name}`];
}

/** Names of the Deployments that refer to a Target, sorted. Also of those that have made nothing there: they may any moment. */
export function usersIn(deployments: Informer<Deployment>): (key: string) => string[] {
  deployments.addIndex(index, targetKeys);
  const { store } = deployments;
  return (key) =>
    store
      .byIndex(index, key)
      .map(({ metadata }) => metadata.name)
      .toSorted();
}

export function deploymentsOn(store: Store<Deployment>): (target: KubeObject) => string[] {
  return ({ metadata: { namespace, name } }) =>
    store.byIndex(index, `${namespace}/${name}`).map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
}

/**
 * Why a Deployment may not make anything at a Target yet. One that has its own finalizer may already have something
 * there, so nothing may come between it and its place.
 */
export function notUsable(target: Read<Target>, deployment: KubeObject): Finding | undefined {
  if (deployment.metadata.finalizers?.includes(targetFinalizer) === true) return undefined;
  const { name, deletionTimestamp } = target.metadata;
  if (deletionTimestamp !== undefined) {
    const message = `Target ${name} is being deleted and takes no new Deployment; use another one, or create it again.`;
    return { reason: 'TargetNotFound', message };
  }
  return isHeld(target) ? undefined : { reason: 'CheckingTarget', message: `Target ${name} is being taken into use.` };
}

/** What of a Target a Deployment is to see at once: whether it may use it, and whether what was refused is mended. */
export const lookChanged: Predicate<Target> = (change) =>
  change.type !== 'update' ||
  isHeld(change.old) !== isHeld(change.object) ||
  readyOf(change.old) !== readyOf(change.object);

function readyOf({ status }: Target): string | undefined {
  return findCondition(status?.conditions ?? [], 'Ready')?.reason;
}

const shown = 5;

export function keptFor(users: readonly string[]): Finding {
  const more = users.length > shown ? ` and ${users.length - shown} more` : '';
  const names = users.slice(0, shown).join(', ');
  return {
    reason: 'TargetInUse',
    message: `It goes when no Deployment refers to it any more. Delete these: ${names}${more}.`,
  };
}
