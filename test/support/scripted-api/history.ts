import type { Stored } from '../../../src/kube/client/client.ts';
import { keyOf } from '../../../src/kube/object/key.ts';
import type { KubeObject } from '../../../src/kube/object/object.ts';

export interface Thing extends KubeObject {
  value: number;
}

export interface HistoryEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  version: number;
  object: Stored<Thing>;
}

export type Content = Record<string, number>;

/** One kind on a server: all versions that it ever had. */
export class History {
  version = 1;
  /** What is older is forgotten: a watch from there gets 410. */
  oldest = 0;
  events: HistoryEvent[] = [];

  /** Creates the object or changes it. */
  put(name: string, value: number): Stored<Thing> {
    const old = this.at(this.version).get(`shop/${name}`);
    const uid = old?.metadata.uid ?? `${name}-${this.version + 1}`;
    return this.record(old === undefined ? 'ADDED' : 'MODIFIED', name, { uid, value });
  }

  remove(name: string): void {
    const old = this.at(this.version).get(`shop/${name}`);
    if (old !== undefined) this.record('DELETED', name, { uid: old.metadata.uid, value: old.value });
  }

  /** Forgets everything but the present. */
  compact(): void {
    this.oldest = this.version;
  }

  /** Goes on from an older state, as after a restore from a backup: later versions will be given out again. */
  restore(version: number): void {
    this.events = this.events.filter((event) => event.version <= version);
    this.version = version;
  }

  since(version: number): HistoryEvent[] {
    return this.events.filter((event) => event.version > version);
  }

  at(version: number): Map<string, Stored<Thing>> {
    const objects = new Map<string, Stored<Thing>>();
    for (const event of this.events) {
      if (event.version > version) break;
      if (event.type === 'DELETED') objects.delete(keyOf(event.object));
      else objects.set(keyOf(event.object), event.object);
    }
    return objects;
  }

  contentAt(version: number): Content {
    return contentOf(this.at(version).values());
  }

  private record(type: HistoryEvent['type'], name: string, { uid, value }: { uid: string; value: number }) {
    const version = ++this.version;
    const metadata = { name, namespace: 'shop', uid, resourceVersion: String(version) };
    const object = { kind: 'Thing', apiVersion: 'test/v1', metadata, value };
    this.events.push({ type, version, object });
    return object;
  }
}

/** What a test compares: key and value of every object. */
export function contentOf(objects: Iterable<Stored<Thing>>): Content {
  return Object.fromEntries(
    [...objects].map((object): [string, number] => [keyOf(object), object.value]).sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}
