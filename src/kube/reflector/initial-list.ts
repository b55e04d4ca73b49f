import { isDeepStrictEqual } from 'node:util';
import type { Stored } from '../client/client.ts';
import type { KubeObject } from '../object/object.ts';
import { compareResourceVersions } from '../object/resource-version.ts';
import type { ObjectBuilder } from './object-builder.ts';
import type { RawObject } from './raw-object.ts';
import type { ChangeType } from './watch-event.ts';

export interface InitialListOptions<T extends KubeObject> {
  build: ObjectBuilder<T>;
  /** What the store holds. An object that is still the same is used again, so that nobody is told of a change. */
  held: (key: string) => Stored<T> | undefined;
  /** Equal versions mean equal objects, unparsed; otherwise they are compared. */
  trustVersions: boolean;
}

/**
 * Collects a full list beside the store until it is known to be complete. Its objects come in no order of versions, so
 * per key the newest wins, and a deletion is remembered so that a late copy of the object does not bring it back.
 */
export class InitialList<T extends KubeObject> {
  readonly objects = new Map<string, Stored<T>>();
  private readonly deleted = new Map<string, string>();
  private readonly options: InitialListOptions<T>;

  constructor(options: InitialListOptions<T>) {
    this.options = options;
  }

  take(type: ChangeType, raw: RawObject): void {
    const { key, version } = raw;
    const seen = this.objects.get(key)?.metadata.resourceVersion ?? this.deleted.get(key);
    if (seen !== undefined && compareResourceVersions(version, seen) <= 0) return;
    if (type === 'DELETED') {
      this.objects.delete(key);
      this.deleted.set(key, version);
      return;
    }
    this.objects.set(key, this.heldOrBuilt(raw));
  }

  private heldOrBuilt(raw: RawObject): Stored<T> {
    const { build, held, trustVersions } = this.options;
    const before = held(raw.key);
    if (before?.metadata.resourceVersion !== raw.version) return build(raw);
    if (trustVersions) return before;
    const built = build(raw);
    return isDeepStrictEqual(before, built) ? before : built;
  }
}
