import type { Deployment } from '../../../crds/deployment/deployment.ts';
import {
  type Client,
  controllerOf,
  controllerReference,
  ifPresent,
  isControlledBy,
  keyOf,
  Lru,
  type Stored,
} from '../../../kube/index.ts';
import { pods, services } from '../../../objects/core.ts';
import { labels } from '../../../objects/labels.ts';
import {
  type AppsDeployment,
  appsDeployments,
  autoscalers,
  type ReplicaSet,
  replicaSets,
} from '../../../objects/workloads.ts';
import type { Release } from '../../../rollout/release.ts';
import type { Clock } from '../../../seams/clock.ts';
import type { Adoption, Found, Scope, TargetError } from '../../target.ts';
import { isOurs } from '../children/child.ts';
import { ownerOf } from '../owner.ts';
import { adoptedSet } from '../replica-set.ts';
import { settingsOf } from '../settings.ts';
import type { WriteObserver } from '../writes.ts';
import {
  autoscalerOf,
  emptySetsOf,
  isAtRest,
  isSecondOwner,
  labelsToKeep,
  setsOf,
  sizeOf,
  startsPods,
} from './found.ts';
import { adopting, again, blocked, inReserve, leftOver, misled } from './refusals.ts';

export interface AdoptionOptions {
  readonly client: Pick<Client, 'get' | 'list' | 'patch'>;
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly observer: WriteObserver;
}

/** Between two questions whether somebody else runs the same pods; nothing of it is watched. */
const askedMs = 20_000;

/**
 * Takes over the pods of an apps/v1 Deployment: pauses it, and becomes the owner of its ReplicaSet. Each write is found
 * done or not by what stands in the cluster, so that a crash between any two goes on where it was. After the pause nothing is
 * ever written to the apps/v1 object: two who both write it would fight.
 */
export class ClusterAdoption implements Adoption {
  private readonly options: AdoptionOptions;
  private readonly asked: Lru<TargetError | 'Alone'>;

  constructor(options: AdoptionOptions) {
    this.options = options;
    this.asked = new Lru({ clock: options.clock, maxEntries: 10_000, ttlMs: askedMs });
  }

  async find(scope: Scope): Promise<Found | undefined> {
    const { namespace, name } = keyOfAdopted(scope.deployment);
    const { client } = this.options;
    const { signal } = scope;
    const owner = await ifPresent(client.get(appsDeployments, { namespace, name }, { signal }));
    const { items } = await client.list(replicaSets, { namespace, signal });
    const found = setsOf(name, owner, items);
    const [set, second] = found;
    if (second !== undefined) {
      throw blocked(
        `Deployment.apps ${name} is in the middle of a rollout: let it end or undo it, then it is taken over`,
      );
    }
    if (set === undefined) {
      if (owner !== undefined && isSecondOwner(owner)) throw adopting(`Deployment.apps ${name} has no pods yet`);
      return undefined;
    }
    await this.refuseInTheWay(scope, name);
    if (owner !== undefined) await this.pause(owner, items, scope);
    return foundIn(set, scope.deployment);
  }

  async take(scope: Scope, release: Release): Promise<boolean> {
    const { deployment, signal } = scope;
    const wanted = adoptedSet(release);
    if (wanted === undefined) return false;
    const { namespace = '' } = deployment.metadata;
    const set = await ifPresent(this.options.client.get(replicaSets, { namespace, name: wanted.name }, { signal }));
    // Deleted by somebody: the release is made anew from its template.
    if (set?.metadata.uid !== wanted.uid || set.metadata.deletionTimestamp !== undefined) return false;
    if (!isControlledBy(set, { metadata: release })) await this.moveOwner(set, release, scope);
    await this.markPods(set, release, scope);
    return sizeOf(set) > 0;
  }

  async check(scope: Scope): Promise<void> {
    const { deployment, signal } = scope;
    const { namespace, name } = keyOfAdopted(deployment);
    const id = `${deployment.metadata.uid} ${name}`;
    const known = this.asked.get(id) ?? (await this.secondOwner({ namespace, name }, signal));
    this.asked.set(id, known);
    if (known !== 'Alone') throw known;
  }

  private async secondOwner(
    key: { namespace: string; name: string },
    signal: AbortSignal,
  ): Promise<TargetError | 'Alone'> {
    const { client } = this.options;
    const { namespace, name } = key;
    const owner = await ifPresent(client.get(appsDeployments, key, { signal }));
    if (owner !== undefined && startsPods(owner)) return again(name);
    // By its ReplicaSets: its own count is for a moment still of what was just taken from it.
    const [left] = setsOf(name, owner, (await client.list(replicaSets, { namespace, signal })).items);
    if (left !== undefined) return controllerOf(left) ? again(name) : leftOver(left.metadata.name, name);
    if (owner === undefined) return 'Alone';
    const autoscaler = autoscalerOf(name, (await client.list(autoscalers, { namespace, signal })).items);
    return autoscaler === undefined ? 'Alone' : misled(autoscaler, name);
  }

  /** Before anything is changed. */
  private async refuseInTheWay({ deployment, signal }: Scope, name: string): Promise<void> {
    const { namespace = '', name: own } = deployment.metadata;
    const { client } = this.options;
    const { items } = await client.list(autoscalers, { namespace, signal });
    const autoscaler = autoscalerOf(name, items);
    if (autoscaler !== undefined) throw misled(autoscaler, name);
    if (deployment.spec.workload.port === undefined) return;
    const service = await ifPresent(client.get(services, { namespace, name: own }, { signal }));
    if (service === undefined || isOurs(service, deployment)) return;
    throw blocked(
      `Service ${own} is yours and stands where this Deployment makes its own: give this Deployment another name`,
    );
  }

  /** Until apps/v1 has taken note of the pause, and has let go of what it keeps, it would fill the place of what is taken from it. */
  private async pause(
    owner: Stored<AppsDeployment>,
    sets: readonly Stored<ReplicaSet>[],
    { signal }: Scope,
  ): Promise<void> {
    const [empty] = emptySetsOf(owner, sets);
    if (isAtRest(owner) && empty === undefined) return;
    await this.askForRest(owner, empty !== undefined, signal);
    const { name } = owner.metadata;
    // It is of the template that it has now, and goes not by itself.
    const stays = keepsNone(owner) && isAtRest(owner) ? empty : undefined;
    throw stays ? inReserve(stays.metadata.name, name) : adopting(`Deployment.apps ${name} is being paused`);
  }

  private async askForRest(owner: Stored<AppsDeployment>, hasEmpty: boolean, signal: AbortSignal): Promise<void> {
    if (owner.spec?.paused === true && (!hasEmpty || keepsNone(owner))) return;
    const { namespace = '', name, uid } = owner.metadata;
    const patch = { metadata: { uid }, spec: { paused: true, ...(hasEmpty && { revisionHistoryLimit: 0 }) } };
    await this.options.client.patch(appsDeployments, { namespace, name }, patch, { type: 'merge', signal });
  }

  /** One write, so that there is no moment in which nobody owns it. With the version: the list of owners is replaced. */
  private async moveOwner(set: Stored<ReplicaSet>, release: Release, scope: Scope): Promise<void> {
    const { client, observer } = this.options;
    const { deployment, signal } = scope;
    const { uid, resourceVersion, namespace = '', name } = set.metadata;
    // Somebody may have made the apps/v1 object anew since the first one was paused: it takes back what nobody owns.
    const owner = await ifPresent(client.get(appsDeployments, keyOfAdopted(deployment), { signal }));
    if (owner !== undefined) {
      const { items } = await client.list(replicaSets, { namespace, signal });
      const others = items.filter((each) => each.metadata.uid !== uid);
      await this.pause(owner, others, scope);
    }
    const ownerReferences = [controllerReference(ownerOf(release, namespace))];
    const marks = marksOf(deployment, release);
    const patch = {
      metadata: { uid, resourceVersion, ownerReferences, labels: marks },
      spec: { template: { metadata: { labels: marks } } },
    };
    observer.wrote(
      deployment,
      replicaSets,
      await client.patch(replicaSets, { namespace, name }, patch, { type: 'merge', signal }),
    );
  }

  private async markPods(set: Stored<ReplicaSet>, release: Release, { deployment, signal }: Scope): Promise<void> {
    const { client } = this.options;
    const { namespace = '' } = set.metadata;
    const marks = marksOf(deployment, release);
    const { items } = await client.list(pods, { namespace, labelSelector: selectorOf(set), signal });
    // By owner: pods of somebody else may have the same labels, and would be taken for replicas.
    const unmarked = items.filter(
      (pod) =>
        isControlledBy(pod, set) &&
        Object.entries(marks).some(([label, value]) => pod.metadata.labels?.[label] !== value),
    );
    await Promise.all(
      unmarked.map(({ metadata: { name, uid } }) =>
        ifPresent(
          client.patch(pods, { namespace, name }, { metadata: { uid, labels: marks } }, { type: 'merge', signal }),
        ),
      ),
    );
  }
}

/** Of what it ran before, empty ReplicaSets that it could start again. */
function keepsNone({ spec }: Stored<AppsDeployment>): boolean {
  return spec?.revisionHistoryLimit === 0;
}

function foundIn({ metadata, spec }: Stored<ReplicaSet>, deployment: Deployment) {
  const template = spec?.template ?? {};
  const [container] = template.spec?.containers ?? [];
  const port = container?.ports?.[0]?.containerPort ?? deployment.spec.workload.port;
  return {
    id: metadata.uid,
    image: container?.image ?? '',
    podLabels: labelsToKeep(template),
    rendered: { template, replicaSet: { name: metadata.name, uid: metadata.uid, ...(port && { port }) } },
  };
}

/** What we find pods by, and no more: labels that Services of the user select by stay as they are. */
function marksOf({ metadata }: Deployment, release: Release): Record<string, string> {
  return { [labels.deployment]: metadata.name, [labels.release]: release.name };
}

function selectorOf({ spec }: ReplicaSet): string {
  const entries = Object.entries(spec?.selector.matchLabels ?? {});
  return entries.map(([label, value]) => `${label}=${value}`).join(',');
}

function keyOfAdopted(deployment: Deployment): { namespace: string; name: string } {
  const { namespace = '' } = deployment.metadata;
  const name = settingsOf(deployment).adopt?.name;
  if (name === undefined) throw new Error(`adopt for ${keyOf(deployment)}: it names nothing`);
  return { namespace, name };
}
