import { formatKey, type ObjectKey } from '../object/key.ts';
import type { KubeObject, ObjectList } from '../object/object.ts';
import { apiVersionOf, type Resource } from '../object/resource.ts';
import { type Call, type Caller, type CallerOptions, createCaller } from './call.ts';
import type {
  ApplyOptions,
  CallOptions,
  Client,
  DeleteOptions,
  ListOptions,
  LogOptions,
  PatchOptions,
  Stored,
  WriteOptions,
} from './client.ts';
import { collectionPath, objectPath, withQuery } from './paths.ts';

export interface ClientOptions extends CallerOptions {
  /** Who writes, when a call does not say. One stable name per controller. */
  fieldManager: string;
}

const patchTypes = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
} as const satisfies Record<PatchOptions['type'], string>;

/** JSON is YAML, so intents are sent as JSON. */
const applyType = 'application/apply-patch+yaml';

export function createClient(options: ClientOptions): Client {
  return new TransportClient(options);
}

class TransportClient implements Client {
  private readonly caller: Caller;
  private readonly fieldManager: string;

  constructor({ fieldManager, ...options }: ClientOptions) {
    this.caller = createCaller(options);
    this.fieldManager = fieldManager;
  }

  get<T extends KubeObject>(resource: Resource<T>, key: ObjectKey, options?: CallOptions): Promise<Stored<T>> {
    const path = () => objectPath(resource, key);
    return this.caller.object({ verb: 'get', resource, target: formatKey(key), method: 'GET', path, options });
  }

  async list<T extends KubeObject>(resource: Resource<T>, options: ListOptions = {}): Promise<ObjectList<Stored<T>>> {
    const { namespace, signal: _signal, timeoutMs: _timeoutMs, ...query } = options;
    const path = () => withQuery(collectionPath(resource, namespace), query);
    const target = namespace === undefined ? '' : `in ${namespace}`;
    const call: Call = { verb: 'list', resource, target, method: 'GET', path, options };
    const list: ObjectList<Stored<T>> = await this.caller.list(call);
    // Items of built-in kinds come without them, and an object must look the same wherever it came from.
    for (const item of list.items) {
      item.apiVersion ??= apiVersionOf(resource);
      item.kind ??= resource.kind;
    }
    return list;
  }

  async log(resource: Resource, key: ObjectKey, options: LogOptions): Promise<string> {
    const { signal: _signal, timeoutMs: _timeoutMs, ...query } = options;
    const path = () => withQuery(objectPath(resource, key, 'log'), query);
    const call: Call = { verb: 'read log of', resource, target: formatKey(key), method: 'GET', path, options };
    return (await this.caller.send(call)).body.toString('utf8');
  }

  create<T extends KubeObject>(resource: Resource<T>, object: T, options: WriteOptions = {}): Promise<Stored<T>> {
    const { namespace, name, generateName } = object.metadata;
    const path = () => withQuery(creationPath(resource, namespace), this.writeQuery(options));
    const target = formatKey({ ...(namespace !== undefined && { namespace }), name: name ?? `${generateName ?? ''}*` });
    return this.caller.object({
      verb: 'create',
      resource,
      target,
      method: 'POST',
      path,
      body: typed(resource, object),
      options,
    });
  }

  update<T extends KubeObject>(resource: Resource<T>, object: T, options: WriteOptions = {}): Promise<Stored<T>> {
    return this.replace(resource, object, options);
  }

  updateStatus<T extends KubeObject>(resource: Resource<T>, object: T, options: WriteOptions = {}): Promise<Stored<T>> {
    return this.replace(resource, object, options, 'status');
  }

  apply<T extends KubeObject>(resource: Resource<T>, object: T, options: ApplyOptions = {}): Promise<Stored<T>> {
    const key = keyFrom(object);
    const { force = true, subresource } = options;
    return this.caller.object({
      verb: subresource === undefined ? 'apply' : `apply ${subresource} of`,
      resource,
      target: formatKey(key),
      method: 'PATCH',
      path: () => withQuery(objectPath(resource, key, subresource), { ...this.writeQuery(options), force }),
      body: typed(resource, object),
      contentType: applyType,
      options,
    });
  }

  patch<T extends KubeObject>(
    resource: Resource<T>,
    key: ObjectKey,
    patch: object,
    options: PatchOptions,
  ): Promise<Stored<T>> {
    const { type, subresource } = options;
    return this.caller.object({
      verb: subresource === undefined ? 'patch' : `patch ${subresource} of`,
      resource,
      target: formatKey(key),
      method: 'PATCH',
      path: () => withQuery(objectPath(resource, key, subresource), this.writeQuery(options)),
      body: patch,
      contentType: patchTypes[type],
      options,
    });
  }

  async delete(resource: Resource, key: ObjectKey, options: DeleteOptions = {}): Promise<void> {
    const { preconditions, propagation = 'Background', gracePeriodSeconds } = options;
    await this.caller.send({
      verb: 'delete',
      resource,
      target: formatKey(key),
      method: 'DELETE',
      path: () => objectPath(resource, key),
      body: {
        apiVersion: 'v1',
        kind: 'DeleteOptions',
        propagationPolicy: propagation,
        ...(preconditions && { preconditions }),
        ...(gracePeriodSeconds !== undefined && { gracePeriodSeconds }),
      },
      options,
    });
  }

  private replace<T extends KubeObject>(
    resource: Resource<T>,
    object: T,
    options: WriteOptions,
    subresource?: 'status',
  ): Promise<Stored<T>> {
    const key = keyFrom(object);
    return this.caller.object({
      verb: subresource === undefined ? 'update' : `update ${subresource} of`,
      resource,
      target: formatKey(key),
      method: 'PUT',
      path: () => withQuery(objectPath(resource, key, subresource), this.writeQuery(options)),
      body: typed(resource, object),
      options,
    });
  }

  private writeQuery({ fieldManager, dryRun, fieldValidation = 'Strict' }: WriteOptions) {
    return { fieldManager: fieldManager ?? this.fieldManager, fieldValidation, dryRun: dryRun ? 'All' : undefined };
  }
}

function creationPath(resource: Resource, namespace: string | undefined): string {
  // Without a namespace this would be the path that lists all of them, and the answer a riddle.
  return collectionPath(resource, resource.namespaced ? (namespace ?? '') : undefined);
}

function typed<T extends KubeObject>(resource: Resource<T>, object: T): T {
  return { apiVersion: apiVersionOf(resource), kind: resource.kind, ...object };
}

function keyFrom({ metadata: { namespace, name = '' } }: KubeObject): ObjectKey {
  return namespace === undefined ? { name } : { namespace, name };
}
