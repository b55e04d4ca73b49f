import type { Clock } from '../../seams/clock.ts';

export interface LruOptions {
  clock: Pick<Clock, 'monotonic'>;
  /** The entry that was used longest ago goes first. */
  maxEntries: number;
  /** An entry is forgotten this long after it was set, however often it is read. */
  ttlMs: number;
}

interface Entry<V> {
  value: V;
  expires: number;
}

/**
 * A bounded cache. By hand, because a Map in insertion order does all of it in a few lines and takes our clock; the
 * library for it brings timers and options that nobody here needs.
 */
export class Lru<V> {
  private readonly entries = new Map<string, Entry<V>>();
  private readonly options: LruOptions;

  constructor(options: LruOptions) {
    this.options = options;
  }

  get(key: string): V | undefined {
    const entry = this.entries.get(key);
    if (!entry) return undefined;
    this.entries.delete(key);
    if (entry.expires <= this.options.clock.monotonic()) return undefined;
    this.entries.set(key, entry);
    return entry.value;
  }

  set(key: string, value: V): void {
    this.entries.delete(key);
    this.entries.set(key, { value, expires: this.options.clock.monotonic() + this.options.ttlMs });
    if (this.entries.size <= this.options.maxEntries) return;
    for (const oldest of this.entries.keys()) {
      this.entries.delete(oldest);
      return;
    }
  }

  delete(key: string): void {
    this.entries.delete(key);
  }

  get size(): number {
    return this.entries.size;
  }
}
