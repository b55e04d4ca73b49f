import type { ObjectKey } from '../object/key.ts';
import type { KubeObject, ObjectList, StoredObject } from '../object/object.ts';
import type { Resource } from '../object/resource.ts';

/** A stored object of a resource: its type, with the identity that the server gave it. */
export type Stored<T extends KubeObject> = T & StoredObject;

export interface CallOptions {
  signal?: AbortSignal;
  /** Default 30 s: then the call fails with code Timeout. */
  timeoutMs?: number;
}

export interface WriteOptions extends CallOptions {
  /** Who writes; one stable name per controller. Default: the client's own. */
  fieldManager?: string;
  /** Validate and default, store nothing. Default false. */
  dryRun?: boolean;
  /** Default Strict: unknown and duplicate fields are refused, never dropped in silence. */
  fieldValidation?: 'Strict' | 'Warn' | 'Ignore';
}

export interface ListOptions extends CallOptions {
  /** Default: all namespaces. */
  namespace?: string;
  labelSelector?: string;
  fieldSelector?: string;
  /** Page size. Default: the server sends all at once. */
  limit?: number;
  continue?: string;
  /** Default unset: the newest, read by quorum. `0` is whatever the server's cache holds. */
  resourceVersion?: string;
  resourceVersionMatch?: 'Exact' | 'NotOlderThan';
}

export interface ApplyOptions extends WriteOptions {
  /** Take fields that others own. Default true: a controller owns what it applies. */
  force?: boolean;
  subresource?: 'status' | 'scale';
}

export interface PatchOptions extends WriteOptions {
  type: 'json' | 'merge' | 'strategic';
  subresource?: 'status' | 'scale';
}

export interface DeleteOptions extends CallOptions {
  /** Refused with Conflict when the object is another one by now. */
  preconditions?: { uid?: string; resourceVersion?: string };
  /** Default Background. */
  propagation?: 'Background' | 'Foreground' | 'Orphan';
  gracePeriodSeconds?: number;
}

export interface LogOptions extends CallOptions {
  container: string;
  /** The last lines, and of these the first bytes. */
  tailLines: number;
  limitBytes: number;
}

/** Typed calls to one API server. Every failure is a KubeError that opens with what was attempted. */
export interface Client {
  get<T extends KubeObject>(resource: Resource<T>, key: ObjectKey, options?: CallOptions): Promise<Stored<T>>;
  list<T extends KubeObject>(resource: Resource<T>, options?: ListOptions): Promise<ObjectList<Stored<T>>>;
  /** What a container of a pod printed; the pod need not run any more, but must be there. */
  log(pods: Resource, key: ObjectKey, options: LogOptions): Promise<string>;
  create<T extends KubeObject>(resource: Resource<T>, object: T, options?: WriteOptions): Promise<Stored<T>>;
  /** Replaces the whole object; fails with Conflict unless its resourceVersion is current. */
  update<T extends KubeObject>(resource: Resource<T>, object: T, options?: WriteOptions): Promise<Stored<T>>;
  updateStatus<T extends KubeObject>(resource: Resource<T>, object: T, options?: WriteOptions): Promise<Stored<T>>;
  /** Server-side apply: `object` is the whole intent of this field manager. */
  apply<T extends KubeObject>(resource: Resource<T>, object: T, options?: ApplyOptions): Promise<Stored<T>>;
  patch<T extends KubeObject>(
    resource: Resource<T>,
    key: ObjectKey,
    patch: object,
    options: PatchOptions,
  ): Promise<Stored<T>>;
  /** Resolves when the deletion was accepted; the object may go later. An object that is gone already is NotFound. */
  delete(resource: Resource, key: ObjectKey, options?: DeleteOptions): Promise<void>;
}
