import { isDeepStrictEqual } from 'node:util';
import type {
  ApplyOptions,
  Client,
  DeleteOptions,
  ListOptions,
  PatchOptions,
  Stored,
  WriteOptions,
} from '../../src/kube/client/client.ts';
import { KubeError, type KubeErrorCode } from '../../src/kube/errors/errors.ts';
import { formatKey, keyOf, type ObjectKey } from '../../src/kube/object/key.ts';
import type { KubeObject, ObjectList } from '../../src/kube/object/object.ts';
import { type Resource, resourceName } from '../../src/kube/object/resource.ts';

type Json = Record<string, unknown>;
type Fault = (request: string) => Error | undefined;

const statuses: Partial<Record<KubeErrorCode, number>> = { NotFound: 404, AlreadyExists: 409, Conflict: 409 };

/**
 * A store that obeys resourceVersions, status as a subresource, preconditions and finalizers, for tests of decisions.
 * Its apply only merges: what depends on field ownership, validation or defaults is tested on a real API server.
 */
export class MemoryClient implements Client {
  /** One line a request: `update leases.coordination.k8s.io kube-system/vish`. */
  readonly requests: string[] = [];
  /** What the next requests answer instead of being served. */
  fault: Fault = () => undefined;
  private readonly objects = new Map<string, Stored<KubeObject>>();
  private version = 100;

  get<T extends KubeObject>(resource: Resource<T>, key: ObjectKey): Promise<Stored<T>> {
    return this.serve(resource, key, 'get', (stored) => stored ?? missing(resource, key));
  }

  async list<T extends KubeObject>(resource: Resource<T>, options: ListOptions = {}): Promise<ObjectList<Stored<T>>> {
    const prefix = `${resourceName(resource)} ${options.namespace ?? ''}`;
    const items = [...this.objects]
      .filter(([id]) => id.startsWith(prefix))
      .map(([, object]) => structuredClone(object))
      .filter((object) => isSelected(object, options.labelSelector));
    return { metadata: { resourceVersion: String(this.version) }, items: items as Stored<T>[] };
  }

  async log(resource: Resource, key: ObjectKey): Promise<string> {
    await this.get(resource, key);
    return '';
  }

  create<T extends KubeObject>(resource: Resource<T>, object: T, options: WriteOptions = {}): Promise<Stored<T>> {
    const { namespace, name = `generated-${this.version}` } = object.metadata;
    const key = namespace === undefined ? { name } : { namespace, name };
    if (options.dryRun === true) return Promise.resolve(structuredClone(object) as Stored<T>);
    return this.serve(resource, key, 'create', (stored) => {
      if (stored) throw failure('AlreadyExists', resource, key);
      return { ...object, metadata: { uid: `uid-${this.version}`, ...object.metadata, name } };
    });
  }

  update<T extends KubeObject>(resource: Resource<T>, object: T): Promise<Stored<T>> {
    const key = keyFrom(object);
    return this.serve(resource, key, 'update', (stored = missing(resource, key)) => {
      checkVersion(stored, object, resource);
      return object;
    });
  }

  updateStatus<T extends KubeObject>(resource: Resource<T>, object: T): Promise<Stored<T>> {
    const key = keyFrom(object);
    return this.serve(resource, key, 'update status', (stored = missing(resource, key)) => {
      checkVersion(stored, object, resource);
      return { ...stored, status: (object as Json)['status'] };
    });
  }

  apply<T extends KubeObject>(resource: Resource<T>, object: T, _options?: ApplyOptions): Promise<Stored<T>> {
    return this.serve(resource, keyFrom(object), 'apply', (stored) => {
      if (stored) return merge(stored, object) as unknown as T;
      return { ...object, metadata: { uid: `uid-${this.version}`, ...object.metadata } };
    });
  }

  patch<T extends KubeObject>(
    resource: Resource<T>,
    key: ObjectKey,
    patch: object,
    options: PatchOptions,
  ): Promise<Stored<T>> {
    if (options.type !== 'merge') throw new Error('the memory client knows merge patches only');
    const verb = options.subresource ? `patch ${options.subresource}` : 'patch';
    return this.serve(resource, key, verb, (stored = missing(resource, key)) => {
      checkVersion(stored, patch, resource);
      const status = { status: (patch as Json)['status'] };
      return merge(stored, options.subresource === 'status' ? status : patch) as unknown as T;
    });
  }

  async delete(resource: Resource, key: ObjectKey, options: DeleteOptions = {}): Promise<void> {
    await this.serve(resource, key, 'delete', (stored = missing(resource, key)) => {
      const { uid = stored.metadata.uid } = options.preconditions ?? {};
      if (uid !== stored.metadata.uid) throw failure('Conflict', resource, key);
      return { ...stored, metadata: { ...stored.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } };
    });
  }

  private async serve<T extends KubeObject>(
    resource: Resource<T>,
    key: ObjectKey,
    verb: string,
    change: (stored: Stored<T> | undefined) => T,
  ): Promise<Stored<T>> {
    const request = `${verb} ${resourceName(resource)} ${formatKey(key)}`;
    this.requests.push(request);
    const fault = this.fault(request);
    if (fault) throw fault;
    const id = `${resourceName(resource)} ${formatKey(key)}`;
    const stored = this.objects.get(id) as Stored<T> | undefined;
    const next = structuredClone(change(stored)) as Stored<T>;
    if (!isDeepStrictEqual(next, stored)) this.store(id, next);
    return structuredClone(next);
  }

  private store(id: string, object: Stored<KubeObject>): void {
    object.metadata.resourceVersion = String(++this.version);
    const { deletionTimestamp, finalizers = [] } = object.metadata;
    if (deletionTimestamp !== undefined && finalizers.length === 0) this.objects.delete(id);
    else this.objects.set(id, object);
  }
}

export function failure(code: KubeErrorCode, resource: Resource, key: ObjectKey): KubeError {
  const status = statuses[code] ?? 500;
  return new KubeError({ code, status, attempted: `call ${resourceName(resource)} ${formatKey(key)}`, detail: code });
}

function missing(resource: Resource, key: ObjectKey): never {
  throw failure('NotFound', resource, key);
}

/** Knows `a=b,c=d` only. */
function isSelected({ metadata }: KubeObject, selector = ''): boolean {
  const pairs = selector.split(',').filter((pair) => pair !== '');
  return pairs.map((pair) => pair.split('=')).every(([label = '', value]) => metadata.labels?.[label] === value);
}

function keyFrom(object: KubeObject): ObjectKey {
  const { namespace, name = '' } = object.metadata;
  return namespace === undefined ? { name } : { namespace, name };
}

function checkVersion(stored: Stored<KubeObject>, wanted: Partial<KubeObject>, resource: Resource): void {
  const { uid, resourceVersion } = wanted.metadata ?? {};
  const differs = (resourceVersion ?? stored.metadata.resourceVersion) !== stored.metadata.resourceVersion;
  if (differs || (uid ?? stored.metadata.uid) !== stored.metadata.uid) {
    throw failure('Conflict', resource, { name: keyOf(stored) });
  }
}

function merge(target: object, patch: object): Json {
  const merged: Json = { ...(target as Json) };
  for (const [name, value] of Object.entries(patch as Json)) {
    const old = merged[name];
    if (value === null) delete merged[name];
    else if (isObject(value)) merged[name] = merge(isObject(old) ? old : {}, value);
    else if (value !== undefined) merged[name] = value;
  }
  return merged;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
