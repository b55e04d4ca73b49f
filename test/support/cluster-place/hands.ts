import type { Stored } from '../../../src/kube/client/client.ts';
import { isKubeError } from '../../../src/kube/errors/errors.ts';
import type { Store } from '../../../src/kube/informer/handler.ts';
import { keyOf } from '../../../src/kube/object/key.ts';
import type { KubeObject } from '../../../src/kube/object/object.ts';
import { type Pod, pods, services } from '../../../src/objects/core.ts';
import { podDisruptionBudgets, type ReplicaSet, replicaSets } from '../../../src/objects/workloads.ts';
import { until } from '../until.ts';
import { numberOf } from './inventory.ts';
import type { Place } from './place.ts';

/** Hollow nodes start every pod; it serves when a test opens this gate. */
export const gate = 'vish.dev/test';

const crashed = {
  containerStatuses: [
    {
      name: 'app',
      image: 'app',
      imageID: '',
      ready: false,
      restartCount: 3,
      state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 40s' } },
      lastState: { terminated: { exitCode: 17, reason: 'Error' } },
    },
  ],
};

/** Moves the pods of one namespace: those of a broken release crash, all others come to serve. */
export class Hands {
  private readonly place: Place;
  private readonly namespace: string;
  private readonly broken = new Set<number>();

  constructor(place: Place, namespace: string) {
    this.place = place;
    this.namespace = namespace;
  }

  break(release: number): Promise<void> {
    this.broken.add(release);
    return Promise.resolve();
  }

  /** Until ReplicaSets have what they asked for, every pod is where it ends, and the caches show all of it. */
  async settle(): Promise<void> {
    await until(
      async () => {
        const { client } = this.place;
        const { namespace } = this;
        const sets = (await client.list(replicaSets, { namespace })).items;
        const all = (await client.list(pods, { namespace })).items;
        const moved = await Promise.all(all.map((pod) => this.move(pod)));
        return (
          moved.every((still) => still) && sets.every((set) => isStill(set, all)) && (await this.isSeen(sets, all))
        );
      },
      { deadlineMs: 60_000, everyMs: 50 },
    );
  }

  /** True when there is nothing more to move. */
  private async move(pod: Stored<Pod>): Promise<boolean> {
    const { metadata, status = {} } = pod;
    if (metadata.deletionTimestamp !== undefined || status.phase !== 'Running') return false;
    const broken = this.broken.has(numberOf(pod));
    const [container] = status.containerStatuses ?? [];
    if (broken && container?.ready === true) await this.patch(pod, crashed);
    else if (!broken && !isTrue(pod, gate)) await this.patch(pod, { conditions: [{ type: gate, status: 'True' }] });
    else return broken || isTrue(pod, 'Ready');
    return false;
  }

  private async patch({ metadata: { name, namespace = '' } }: Stored<Pod>, status: object): Promise<void> {
    try {
      await this.place.client.patch(
        pods,
        { namespace, name },
        { status },
        { type: 'strategic', subresource: 'status' },
      );
    } catch (error) {
      if (!isKubeError(error, 'NotFound') && !isKubeError(error, 'Conflict')) throw error;
    }
  }

  private async isSeen(sets: readonly Stored<ReplicaSet>[], all: readonly Stored<Pod>[]): Promise<boolean> {
    const { client, informers } = this.place;
    const { namespace } = this;
    const [servicesNow, budgetsNow] = await Promise.all([
      client.list(services, { namespace }),
      client.list(podDisruptionBudgets, { namespace }),
    ]);
    return (
      shows(informers.replicaSets.store, sets, namespace) &&
      shows(informers.pods.store, all, namespace) &&
      shows(informers.services.store, servicesNow.items, namespace) &&
      shows(informers.budgets.store, budgetsNow.items, namespace)
    );
  }
}

function shows(store: Store<KubeObject>, objects: readonly Stored<KubeObject>[], namespace: string): boolean {
  const held = store.list().filter(({ metadata }) => metadata.namespace === namespace);
  return (
    held.length === objects.length &&
    objects.every((object) => store.get(keyOf(object))?.metadata.resourceVersion === object.metadata.resourceVersion)
  );
}

function isStill({ metadata, spec, status }: Stored<ReplicaSet>, all: readonly Stored<Pod>[]): boolean {
  const own = all.filter((pod) => pod.metadata.ownerReferences?.some(({ uid }) => uid === metadata.uid));
  const ready = own.filter((pod) => isTrue(pod, 'Ready')).length;
  return (
    status?.observedGeneration === metadata.generation &&
    status?.replicas === spec?.replicas &&
    own.length === spec?.replicas &&
    (status?.readyReplicas ?? 0) === ready
  );
}

function isTrue({ status }: Pod, condition: string): boolean {
  return status?.conditions?.some(({ type, status: is }) => type === condition && is === 'True') ?? false;
}
