import type { Clock } from '../../seams/clock.ts';
import type { Random } from '../../seams/random.ts';
import type { Stored } from '../client/client.ts';
import type { Logger } from '../log/logger.ts';
import type { KubeObject } from '../object/object.ts';
import type { Resource } from '../object/resource.ts';
import type { Transform } from '../reflector/object-builder.ts';
import { Reflector } from '../reflector/reflector.ts';
import type { Scope } from '../reflector/requests.ts';
import { newStats } from '../reflector/stats.ts';
import type { Target } from '../reflector/target.ts';
import type { IndexFunction } from '../store/index-functions.ts';
import { IndexedStore, type StoreChange } from '../store/indexed-store.ts';
import type { Transport } from '../transport/transport.ts';
import type { Handler, HandlerRegistration, Informer, Store } from './handler.ts';
import { Handlers } from './handlers.ts';

/** After that many changes of one list everything else gets a turn. */
const changesPerTurn = 1000;

/** What every informer of a program shares. */
export interface InformerContext {
  transport: Transport;
  clock: Clock;
  random: Random;
  logger: Logger;
  /** Freeze all objects. Costs CPU; for tests. Default false: a change of a shared object goes unnoticed. */
  freeze?: boolean;
}

export interface InformerOptions<T extends KubeObject> {
  resource: Resource<T>;
  scope: Scope;
  transform?: Transform<T> | undefined;
}

/** Keeps one store equal to one kind on the server and tells the handlers what changes. */
export class SharedInformer<T extends KubeObject> implements Informer<T> {
  readonly stats = newStats();
  /** What handlers, index functions and transforms have thrown. */
  handlerErrors = 0;
  private version: string | undefined;
  private readonly synced = Promise.withResolvers<void>();
  private isSynced = false;
  private readonly objects: IndexedStore<T>;
  private readonly handlers: Handlers<T>;
  private readonly context: InformerContext;
  private readonly options: InformerOptions<T>;

  constructor(context: InformerContext, options: InformerOptions<T>) {
    this.context = context;
    this.options = options;
    this.handlers = new Handlers((error) => this.report(error, 'a handler failed'));
    this.objects = new IndexedStore({
      freeze: context.freeze ?? false,
      onIndexError: (index, error) => this.report(error, 'an index function failed', { index }),
    });
  }

  get store(): Store<T> {
    return this.objects;
  }

  get resourceVersion(): string | undefined {
    return this.version;
  }

  addIndex(name: string, valuesOf: IndexFunction<T>): void {
    this.objects.addIndex(name, valuesOf);
  }

  addHandler(handler: Handler<T>): HandlerRegistration {
    return this.handlers.add(handler, this.version === undefined ? undefined : this.objects.list());
  }

  hasSynced(): boolean {
    return this.isSynced;
  }

  async waitForSync(signal?: AbortSignal): Promise<void> {
    if (this.isSynced) return;
    if (signal === undefined) return this.synced.promise;
    signal.throwIfAborted();
    const aborted = Promise.withResolvers<never>();
    const onAbort = () => aborted.reject(signal.reason as Error);
    signal.addEventListener('abort', onAbort, { once: true });
    await Promise.race([this.synced.promise, aborted.promise]).finally(() => {
      signal.removeEventListener('abort', onAbort);
    });
  }

  /** Watches until `signal` aborts. The store keeps what it held. */
  run(signal: AbortSignal): Promise<void> {
    const { stats, context, options } = this;
    const onTransformError = (key: string, error: unknown) => this.report(error, 'a transform failed', { key });
    return new Reflector<T>({ ...context, ...options, stats, onTransformError, target: this.target() }).run(signal);
  }

  private target(): Target<T> {
    const version = () => this.version;
    return {
      get resourceVersion() {
        return version();
      },
      get: (key) => this.objects.get(key),
      replace: (objects, version) => this.replace(objects, version),
      put: (key, object, version) => this.announce(this.objects.put(key, object), version),
      delete: (key, object, version) => this.remove(key, object, version),
      advance: (version) => {
        this.version = version;
      },
    };
  }

  private async replace(objects: Map<string, Stored<T>>, version: string): Promise<void> {
    const isInitialList = this.version === undefined;
    const announce = this.handlers.announcer(isInitialList);
    const changes = this.objects.replace(objects);
    this.version = version;
    for (const [index, change] of changes.entries()) {
      if (index % changesPerTurn === changesPerTurn - 1) await new Promise((resolve) => setImmediate(resolve));
      announce(change);
    }
    this.handlers.markSynced();
    this.isSynced = true;
    this.synced.resolve();
  }

  /** Handlers get the object in its last state, which came with the deletion. */
  private remove(key: string, object: Stored<T>, version: string): void {
    const { old } = this.objects.delete(key);
    const last = old?.metadata.uid === object.metadata.uid ? object : old;
    this.announce({ key, old: last, object: undefined }, version);
  }

  private announce(change: StoreChange<T>, version: string): void {
    this.version = version;
    this.handlers.announcer(false)(change);
  }

  private report(error: unknown, message: string, fields: object = {}): void {
    this.handlerErrors++;
    this.context.logger.error({ ...fields, error }, message);
  }
}
