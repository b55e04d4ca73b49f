import type { KubeObject } from '../object/object.ts';
import { type Resource, resourceName } from '../object/resource.ts';
import type { Transform } from '../reflector/object-builder.ts';
import type { Scope } from '../reflector/requests.ts';
import type { Informer } from './handler.ts';
import { type InformerContext, SharedInformer } from './shared-informer.ts';

export interface InformerRequest<T extends KubeObject> extends Omit<Scope, 'metadataOnly'> {
  /** Drops what nobody needs. All who ask for the same objects must name the same function or none. Default none. */
  transform?: Transform<T>;
}

export interface Readiness {
  ready: boolean;
  /** One sentence for each informer that is not filled yet. */
  problems: string[];
}

/** What controllers ask for. To run them is the manager's part. */
export type Informers = Pick<InformerCache, 'informer' | 'metadataInformer' | 'informersOf'>;

interface Entry {
  readonly name: string;
  readonly resource: Resource;
  /** The only one that it shows; undefined for all. */
  readonly namespace: string | undefined;
  readonly informer: SharedInformer<KubeObject>;
  readonly transform: unknown;
}

/** Hands out one informer per kind and scope, shared by all who ask, and runs them together. */
export class InformerCache {
  private readonly entries = new Map<string, Entry>();
  private readonly running: Promise<void>[] = [];
  private readonly failed = Promise.withResolvers<never>();
  private signal: AbortSignal | undefined;
  private readonly context: InformerContext;

  constructor(context: InformerContext) {
    this.context = context;
  }

  informer<T extends KubeObject>(resource: Resource<T>, request: InformerRequest<T> = {}): Informer<T> {
    const { transform, ...scope } = request;
    return this.shared(resource, { ...scope, metadataOnly: false }, transform);
  }

  /** Objects with nothing but `metadata`: for kinds of which labels and owners are enough. */
  metadataInformer(resource: Resource, scope: Omit<Scope, 'metadataOnly'> = {}): Informer<KubeObject> {
    return this.shared<KubeObject>(resource, { ...scope, metadataOnly: true }, undefined);
  }

  /** Every informer that shows objects of this resource in this namespace: what read-your-writes has to wait for. */
  informersOf(resource: Pick<Resource, 'group' | 'plural'>, namespace: string | undefined): Informer<KubeObject>[] {
    const wanted = resourceName(resource);
    const shows = (entry: Entry) =>
      resourceName(entry.resource) === wanted && [undefined, namespace].includes(entry.namespace);
    return this.all.filter(shows).map(({ informer }) => informer);
  }

  /** Runs all informers, and those that are asked for later, until `signal` aborts. Once. */
  async run(signal: AbortSignal): Promise<void> {
    if (this.signal !== undefined) throw new Error('run the informers: they run already');
    this.signal = signal;
    for (const entry of this.entries.values()) this.start(entry);
    await Promise.race([aborted(signal), this.failed.promise]);
    await Promise.all(this.running);
  }

  /** Resolves when every informer asked for so far is filled; rejects when `signal` aborts. */
  async waitForSync(signal?: AbortSignal): Promise<void> {
    await Promise.all(this.all.map(({ informer }) => informer.waitForSync(signal)));
  }

  /**
   * Ready when every informer was filled once. A watch that fails later is a matter for metrics and alerts: a restart or
   * another replica would not see more.
   */
  readiness(): Readiness {
    const problems = this.all
      .filter(({ informer }) => !informer.hasSynced())
      .map(({ name, informer }) => `${name}: no complete list yet; ${informer.stats.lastFailure ?? 'still reading'}`);
    return { ready: problems.length === 0, problems };
  }

  /** For metrics. */
  get all(): readonly Entry[] {
    return [...this.entries.values()];
  }

  private shared<T extends KubeObject>(
    resource: Resource<T>,
    scope: Scope,
    transform: Transform<T> | undefined,
  ): SharedInformer<T> {
    const name = informerName(resource, scope);
    const existing = this.entries.get(name);
    if (existing === undefined) return this.create(name, resource, { scope, transform });
    if (transform !== undefined && transform !== existing.transform) {
      throw new Error(`share the informer of ${name}: it exists with another transform. Name the same one everywhere`);
    }
    // The name holds the resource, and the resource holds the type.
    return existing.informer as unknown as SharedInformer<T>;
  }

  private create<T extends KubeObject>(
    name: string,
    resource: Resource<T>,
    options: { scope: Scope; transform: Transform<T> | undefined },
  ): SharedInformer<T> {
    const logger = this.context.logger.child({ informer: name });
    const informer = new SharedInformer<T>({ ...this.context, logger }, { resource, ...options });
    const untyped = informer as unknown as SharedInformer<KubeObject>;
    const { namespace } = options.scope;
    const entry = { name, resource, namespace, informer: untyped, transform: options.transform };
    this.entries.set(name, entry);
    if (this.signal !== undefined) this.start(entry);
    return informer;
  }

  private start({ informer }: Entry): void {
    if (this.signal === undefined) return;
    const run = informer.run(this.signal);
    // An informer ends early only by a bug, and then the program must know and not go on with a cache that stands still.
    run.catch(this.failed.reject);
    this.running.push(run);
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** `deployments.apps/v1`, and what narrows it: identity of an informer and its label in metrics. */
function informerName(resource: Resource, { namespace, labelSelector, fieldSelector, metadataOnly }: Scope): string {
  const parts = [
    `${resourceName(resource)}/${resource.version}`,
    namespace && `namespace=${namespace}`,
    labelSelector && `labels=${labelSelector}`,
    fieldSelector && `fields=${fieldSelector}`,
    metadataOnly && 'metadata',
  ];
  return parts.filter(Boolean).join(' ');
}
