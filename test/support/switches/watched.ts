import type { Stored } from '../../../src/kube/client/client.ts';
import { InformerCache } from '../../../src/kube/informer/informer-cache.ts';
import type { KubeObject } from '../../../src/kube/object/object.ts';
import type { Resource } from '../../../src/kube/object/resource.ts';
import type { Clock } from '../../../src/seams/clock.ts';
import { systemRandom } from '../../../src/seams/system.ts';
import type { Connected } from '../../harness/connect.ts';
import { recordingLogger } from '../recording-logger.ts';

/** Objects of one kind in one namespace, as a watch shows them: a wait that polls would be most of what it measures. */
export interface Watched<T extends KubeObject> {
  list(): readonly Stored<T>[];
  /** The moment, by the monotonic clock, at which the object was first seen so; an error after the deadline. */
  reached(name: string, holds: (object: Stored<T>) => boolean): Promise<number>;
  close(): Promise<void>;
}

export interface WatchOptions {
  readonly api: Connected;
  readonly clock: Clock;
  readonly namespace: string;
}

interface Wait<T extends KubeObject> {
  readonly name: string;
  holds(object: Stored<T>): boolean;
  met(at: number): void;
}

/** Of a whole wave or of a thousand at once, on a machine that does other things too. */
const deadlineMs = 1_200_000;

export async function watchKind<T extends KubeObject>(
  resource: Resource<T>,
  { api, clock, namespace }: WatchOptions,
): Promise<Watched<T>> {
  const { transport } = api;
  const cache = new InformerCache({ transport, clock, random: systemRandom, logger: recordingLogger() });
  const informer = cache.informer<T>(resource, { namespace });
  const waits = new Set<Wait<T>>();
  const look = (object: Stored<T>) => {
    for (const wait of waits) if (wait.name === object.metadata.name && wait.holds(object)) wait.met(clock.monotonic());
  };
  informer.addHandler({ onAdd: look, onUpdate: (_, object) => look(object), onDelete: () => undefined });
  const stopping = new AbortController();
  const running = cache.run(stopping.signal);
  await cache.waitForSync(AbortSignal.timeout(30_000));
  return {
    list: () => informer.store.list(),
    reached: (name, holds) =>
      new Promise((resolve, reject) => {
        const timer = clock.setTimeout(() => {
          waits.delete(wait);
          const last = JSON.stringify(informer.store.get(`${namespace}/${name}`));
          reject(new Error(`${resource.kind} ${name} not within ${deadlineMs} ms: ${holds.toString()}; ${last}`));
        }, deadlineMs);
        const wait: Wait<T> = {
          name,
          holds,
          met(at) {
            waits.delete(wait);
            clock.clearTimeout(timer);
            resolve(at);
          },
        };
        waits.add(wait);
        const seen = informer.store.get(`${namespace}/${name}`);
        if (seen !== undefined) look(seen);
      }),
    async close() {
      stopping.abort();
      await running;
    },
  };
}
