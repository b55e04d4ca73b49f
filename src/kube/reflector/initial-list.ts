import type { Stored } from '../client/client.ts';
import type { KubeObject } from '../object/object.ts';
import { compareResourceVersions } from '../object/resource-version.ts';
import type { ObjectBuilder } from './object-builder.ts';
import type { RawObject } from './raw-object.ts';
import type { ChangeType } from './watch-event.ts';

/**
 * Collects a full list beside the store until it is known to be complete. Its objects come in no order of versions, so
 * per key the newest wins, and a deletion is remembered so that a late copy of the object does not bring it back.
 */
export class InitialList<T extends KubeObject> {
  readonly objects = new Map<string, Stored<T>>();
  private readonly deleted = new Map<string, string>();
  private readonly build: ObjectBuilder<T>;
  private readonly held: (key: string) => Stored<T> | undefined;

  /** What `held` gives in the same version is used again, unparsed. */
  constructor(build: ObjectBuilder<T>, held: (key: string) => Stored<T> | undefined) {
    this.build = build;
    this.held = held;
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
    const held = this.held(key);
    this.objects.set(key, held?.metadata.resourceVersion === version ? held : this.build(raw));
  }
}
