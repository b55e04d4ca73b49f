import { type KubeObject, keyOf, Lru, type Resource, type Stored } from '../../../kube/index.ts';
import type { Clock } from '../../../seams/clock.ts';

/** Longer than a cache is late; what it still does not show then is asked of it as it is. */
const remembered = { maxEntries: 1_000, ttlMs: 10_000 };

interface OwnWrite {
  /** The version that the cache showed when it was written. */
  readonly over: string;
  readonly object: Stored<KubeObject>;
}

/**
 * Changed objects as the server answered, for as long as the cache shows what they were changed from: the look that moves the
 * traffic can say so itself, and need not wait for the next one. Any other version in the cache is newer, or is somebody else's.
 */
export class OwnWrites {
  private readonly written: Lru<OwnWrite>;

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.written = new Lru({ clock, ...remembered });
  }

  note(resource: Resource, before: Stored<KubeObject> | undefined, object: Stored<KubeObject>): void {
    // What is new is waited for: that it is absent does not tell whether it is not there yet or not there any more.
    if (before === undefined) return;
    this.written.set(nameOf(resource, keyOf(object)), { over: before.metadata.resourceVersion, object });
  }

  newest(resource: Resource, key: string, cached: Stored<KubeObject> | undefined): Stored<KubeObject> | undefined {
    const name = nameOf(resource, key);
    const own = this.written.get(name);
    if (own === undefined) return cached;
    if (own.over === cached?.metadata.resourceVersion) return own.object;
    this.written.delete(name);
    return cached;
  }
}

function nameOf({ plural }: Resource, key: string): string {
  return `${plural}/${key}`;
}
