import type { Deployment } from '../../crds/deployment/deployment.ts';
import {
  type Applier,
  type Client,
  ifPresent,
  isKubeError,
  type KubeObject,
  type Resource,
  type Stored,
} from '../../kube/index.ts';
import { annotations } from '../../objects/labels.ts';
import { type ReplicaSet, replicaSets } from '../../objects/workloads.ts';
import type { Release } from '../../rollout/release.ts';
import type { Scope } from '../target.ts';
import { type Child, foreign, isOurs } from './children/child.ts';
import type { OwnWrites } from './traffic/own-writes.ts';
import { isOf } from './view.ts';

/** Told of every write, so that the caller can wait until its caches hold it. */
export interface WriteObserver {
  wrote(deployment: Deployment, resource: Resource, object: Stored<KubeObject>): void;
  deleted(deployment: Deployment, resource: Resource, object: Stored<KubeObject>): void;
}

export interface WritesOptions {
  readonly client: Pick<Client, 'get' | 'create' | 'patch' | 'delete'>;
  readonly applier: Pick<Applier, 'apply'>;
  readonly observer: WriteObserver;
  readonly ownWrites: Pick<OwnWrites, 'note'>;
}

export interface Size {
  readonly replicas: number;
  readonly sizedFor: number;
  readonly minReadySeconds: number;
}

/** All requests that change something. Each is safe to repeat: names are fixed, and objects are bound by UID. */
export class Writes {
  private readonly options: WritesOptions;

  constructor(options: WritesOptions) {
    this.options = options;
  }

  /** Asks whether the server would take it, and makes nothing. */
  async tryOut(intent: ReplicaSet, { signal }: Scope): Promise<void> {
    await this.options.client.create(replicaSets, intent, { dryRun: true, signal });
  }

  async create(intent: ReplicaSet, release: Release, scope: Scope): Promise<void> {
    const { deployment, signal } = scope;
    const { client, observer } = this.options;
    try {
      observer.wrote(deployment, replicaSets, await client.create(replicaSets, intent, { signal }));
    } catch (error) {
      if (!isKubeError(error, 'AlreadyExists')) throw error;
      await this.takeBack(intent, release, scope);
    }
  }

  /** There is one that the cache does not show: not yet, or because somebody took the labels away that it is found by. */
  private async takeBack({ metadata }: ReplicaSet, release: Release, { deployment, signal }: Scope): Promise<void> {
    const { client, observer } = this.options;
    const { namespace = '', name = '', labels = {} } = metadata;
    const existing = await client.get(replicaSets, { namespace, name }, { signal });
    if (!isOf(existing, deployment, release)) throw foreign(`ReplicaSet ${name}`, existing);
    const isFound = Object.entries(labels).every(([label, value]) => existing.metadata.labels?.[label] === value);
    if (isFound) return observer.wrote(deployment, replicaSets, existing);
    const patch = { metadata: { uid: existing.metadata.uid, labels } };
    const patched = await client.patch(replicaSets, { namespace, name }, patch, { type: 'merge', signal });
    observer.wrote(deployment, replicaSets, patched);
  }

  async resize(set: Stored<ReplicaSet>, size: Size, { deployment, signal }: Scope): Promise<void> {
    const { namespace = '', name, uid } = set.metadata;
    const { replicas, minReadySeconds, sizedFor } = size;
    const patch = {
      metadata: { uid, annotations: { [annotations.sizedFor]: `${sizedFor}` } },
      spec: { replicas, minReadySeconds },
    };
    const { client, observer } = this.options;
    try {
      const patched = await client.patch(replicaSets, { namespace, name }, patch, { type: 'merge', signal });
      observer.wrote(deployment, replicaSets, patched);
    } catch (error) {
      // Deleted by hand, or made anew since: the event that shows it leads here again.
      if (!isKubeError(error, 'NotFound') && !isKubeError(error, 'Conflict')) throw error;
    }
  }

  /** Says whether there was one that had to be changed. */
  async keep({ resource, wanted, observed }: Child, { deployment, signal }: Scope): Promise<boolean> {
    const { applier, observer, ownWrites } = this.options;
    if (wanted === undefined) {
      await this.drop({ resource, observed }, { deployment, signal });
      return false;
    }
    const { object, changed } = await applier.apply(resource, wanted, observed, { signal });
    if (!changed) return false;
    observer.wrote(deployment, resource, object);
    ownWrites.note(resource, observed, object);
    return observed !== undefined;
  }

  private async drop({ resource, observed }: Child, { deployment, signal }: Pick<Scope, 'deployment' | 'signal'>) {
    if (observed === undefined || !isOurs(observed, deployment)) return;
    const { namespace = '', name, uid } = observed.metadata;
    await ifPresent(this.options.client.delete(resource, { namespace, name }, { preconditions: { uid }, signal }));
    this.options.observer.deleted(deployment, resource, observed);
  }
}
