import { sleep } from '../../seams/clock.ts';
import type { Informer } from '../informer/handler.ts';
import type { KubeObject } from '../object/object.ts';
import { enqueueChanges, type Predicate } from './change.ts';
import { type Mapper, ownKey } from './mapping.ts';
import type { Source } from './source.ts';

const syncPollMs = 10;

export interface InformerSourceOptions<T extends KubeObject> {
  /** How messages call it, for example `pods`. */
  name: string;
  informer: Informer<T>;
  /** Which keys a change concerns. Default: the object's own. */
  map?: Mapper<T>;
  /** Which changes count. Default: all. */
  when?: Predicate<T>;
}

/** Every object of an informer, and every change of it. Synced once this controller has seen the whole first list. */
export function informerSource<T extends KubeObject>(options: InformerSourceOptions<T>): Source {
  const { name, informer, map = ownKey, when = () => true } = options;
  return {
    name,
    async start(enqueue, { clock, signal }) {
      const registration = informer.addHandler(enqueueChanges({ map, when, enqueue }));
      signal.addEventListener('abort', () => registration.remove(), { once: true });
      await informer.waitForSync(signal);
      while (!registration.hasSynced()) await sleep(clock, syncPollMs, signal);
    },
  };
}
