import type { Clock } from '../../seams/clock.ts';
import type { Stored } from '../client/client.ts';
import type { Informer } from '../informer/handler.ts';
import { keyOf } from '../object/key.ts';
import type { KubeObject } from '../object/object.ts';
import { type Resource, resourceName } from '../object/resource.ts';
import { compareResourceVersions } from '../object/resource-version.ts';
import type { ConsistencyMetrics } from './metrics.ts';

/**
 * After that long a write is no longer waited for: longer than the minute in which a quiet kind gets a bookmark, short
 * enough that a dead watch does not stop a controller for good.
 */
const defaultMaxWaitMs = 120_000;
const minRetryMs = 50;
const maxRetryMs = 1000;

type ResourceName = Pick<Resource, 'group' | 'plural'>;

/** What has to be known of an informer. */
export type Source = Pick<Informer<KubeObject>, 'resourceVersion' | 'store'>;

export interface WrittenVersionsOptions {
  /** Label in metrics. */
  controller: string;
  clock: Clock;
  metrics: ConsistencyMetrics;
  /** Every informer that shows this resource in this namespace; none when nobody reads it from a cache. */
  informersOf: (resource: ResourceName, namespace: string | undefined) => readonly Source[];
  /** The UID of the object that a key stands for; undefined when it is gone, and then nothing is waited for. */
  ownerUid: (key: string) => string | undefined;
  /** Default 120 s: then the key runs although the cache may be stale, and a metric counts it. */
  maxWaitMs?: number;
}

/** For whom something was written: the key that was being reconciled, and the object it stood for. */
export interface Writer {
  readonly key: string;
  readonly uid: string;
}

/** Whose versions one informer holds: one that shows another namespace would only hear of a write by a bookmark. */
interface Place {
  readonly resource: ResourceName;
  readonly namespace: string | undefined;
}

interface Write extends Place {
  readonly version: string;
}

interface Deletion extends Place {
  readonly key: string;
  readonly uid: string;
}

interface Expected {
  readonly ownerUid: string;
  readonly since: number;
  /** By place: the newest version written. */
  readonly versions: Map<string, Write>;
  readonly deletions: Map<string, Deletion>;
}

/**
 * Read your own writes. Whoever reconciles from a cache that does not hold its last write yet creates things twice or
 * undoes what it just did. So every write is noted here, and a key waits until the caches hold what was written for it.
 */
export class WrittenVersions {
  /** In the order of the last write, so that the oldest can be dropped without a search. */
  private readonly expected = new Map<string, Expected>();
  private readonly options: WrittenVersionsOptions;
  private readonly maxWaitMs: number;

  constructor(options: WrittenVersionsOptions) {
    this.options = options;
    this.maxWaitMs = options.maxWaitMs ?? defaultMaxWaitMs;
  }

  /** Keys that wait for something. */
  get size(): number {
    return this.expected.size;
  }

  /** After every create, update, patch or apply: `object` is what the server answered. Not after a dry run. */
  wrote(writer: Writer, resource: ResourceName, object: Stored<KubeObject>): void {
    const { namespace, resourceVersion } = object.metadata;
    if (this.sources({ resource, namespace }).length === 0) return;
    const { versions } = this.expect(writer);
    const place = `${resourceName(resource)} ${namespace ?? ''}`;
    const version = newer(versions.get(place)?.version, resourceVersion);
    versions.set(place, { resource, namespace, version });
  }

  /** After every delete that the server accepted: `object` is what was deleted. */
  deleted(writer: Writer, resource: ResourceName, object: Stored<KubeObject>): void {
    const { namespace, uid } = object.metadata;
    if (this.sources({ resource, namespace }).length === 0) return;
    this.expect(writer).deletions.set(uid, { resource, namespace, key: keyOf(object), uid });
  }

  /** The gate before a reconcile of `key`. Look again after the given time, or when the informer brings something. */
  ready(key: string): true | { retryAfterMs: number } {
    const expected = this.expected.get(key);
    if (expected === undefined) return true;
    const waitedMs = this.options.clock.monotonic() - expected.since;
    if (this.isOver(key, expected, waitedMs)) {
      this.expected.delete(key);
      return true;
    }
    this.options.metrics.skips.inc({ controller: this.options.controller });
    return { retryAfterMs: Math.min(Math.max(waitedMs / 4, minRetryMs), maxRetryMs) };
  }

  private isOver(key: string, expected: Expected, waitedMs: number): boolean {
    if (this.options.ownerUid(key) !== expected.ownerUid) return true;
    if (this.holdsVersions(expected) && this.holdsDeletions(expected)) return true;
    return this.isExpired(waitedMs);
  }

  private isExpired(waitedMs: number): boolean {
    if (waitedMs < this.maxWaitMs) return false;
    this.options.metrics.expired.inc({ controller: this.options.controller });
    return true;
  }

  private expect({ key, uid }: Writer): Expected {
    this.dropExpired();
    const before = this.expected.get(key);
    const same = before?.ownerUid === uid ? before : { versions: new Map(), deletions: new Map() };
    const expected = { ...same, ownerUid: uid, since: this.options.clock.monotonic() };
    this.expected.delete(key);
    this.expected.set(key, expected);
    return expected;
  }

  /** Keys that nobody asks for any more would stay for ever. */
  private dropExpired(): void {
    const now = this.options.clock.monotonic();
    for (const [key, { since }] of this.expected) {
      if (!this.isExpired(now - since)) return;
      this.expected.delete(key);
    }
  }

  private holdsVersions({ versions }: Expected): boolean {
    return versions.values().every((write) => this.sources(write).every(holds(write.version)));
  }

  /** Asked only when all versions are there: before that, an object may be missing because it was not seen yet. */
  private holdsDeletions({ deletions }: Expected): boolean {
    return deletions.values().every((gone) => this.sources(gone).every(lacks(gone.key, gone.uid)));
  }

  private sources({ resource, namespace }: Place): readonly Source[] {
    return this.options.informersOf(resource, namespace);
  }
}

function holds(version: string): (source: Source) => boolean {
  return ({ resourceVersion }) =>
    resourceVersion !== undefined && compareResourceVersions(resourceVersion, version) >= 0;
}

/** Gone, replaced by another of the same name, or seen to be on its way out. */
function lacks(key: string, uid: string): (source: Source) => boolean {
  return ({ store }) => {
    const metadata = store.get(key)?.metadata;
    return metadata?.uid !== uid || metadata.deletionTimestamp !== undefined;
  };
}

function newer(a: string | undefined, b: string): string {
  return a !== undefined && compareResourceVersions(a, b) > 0 ? a : b;
}
