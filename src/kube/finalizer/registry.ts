import type { CallOptions, Stored } from '../client/client.ts';
import type { KubeObject } from '../object/object.ts';
import type { Resource } from '../object/resource.ts';
import { changeFinalizers, type FinalizerClient, hasFinalizer, removeFinalizers } from './finalizer.ts';

/** What became of one finalizer's work. Only `done` removes it. */
export type FinalizerResult =
  | { name: string; outcome: 'done' }
  | { name: string; outcome: 'pending'; requeueAfterMs: number }
  | { name: string; outcome: 'failed'; error: unknown };

/**
 * Undoes what stands outside. It may be run again after it succeeded, so it must not fail on what is gone already.
 * A number is for work that is under way: look again after so many milliseconds.
 */
export type FinalizerWork<T extends KubeObject> = (object: Stored<T>, signal?: AbortSignal) => Promise<number | void>;

export interface Finalized<T extends KubeObject> {
  /** The object after the write; undefined when it is gone. */
  object: Stored<T> | undefined;
  /** True when the list of finalizers was written. */
  changed: boolean;
  /** One for each finalizer of ours on a deleted object; empty for an object that is not being deleted. */
  results: FinalizerResult[];
}

/** `domain/name`: the server refuses others. */
const qualified = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?\/[A-Za-z0-9]([-\w.]{0,61}[A-Za-z0-9])?$/;

/** The finalizers of one kind. */
export class Finalizers<T extends KubeObject> {
  private readonly works = new Map<string, FinalizerWork<T>>();
  private readonly client: FinalizerClient;
  private readonly resource: Resource<T>;

  constructor(client: FinalizerClient, resource: Resource<T>) {
    this.client = client;
    this.resource = resource;
  }

  register(name: string, work: FinalizerWork<T>): this {
    if (!qualified.test(name)) throw new Error(`register finalizer "${name}": the name must be like example.com/name`);
    if (this.works.has(name)) throw new Error(`register finalizer "${name}": it is registered already`);
    this.works.set(name, work);
    return this;
  }

  /**
   * Adds our finalizers to a living object; call it before anything is made outside. For a deleted object runs the
   * works of those that are on it, in the order of registration, and removes the ones that are done in one write.
   */
  async reconcile(object: Stored<T>, options: CallOptions = {}): Promise<Finalized<T>> {
    const deleted = object.metadata.deletionTimestamp !== undefined;
    return deleted ? this.finalize(object, options) : this.add(object, options);
  }

  private async add(object: Stored<T>, options: CallOptions): Promise<Finalized<T>> {
    const change = (old: readonly string[]) => [...new Set([...old, ...this.works.keys()])];
    const next = await changeFinalizers(this.client, this.resource, object, { ...options, change });
    return { object: next, changed: next !== object, results: [] };
  }

  private async finalize(object: Stored<T>, options: CallOptions): Promise<Finalized<T>> {
    const results: FinalizerResult[] = [];
    for (const [name, work] of this.works) {
      if (hasFinalizer(object, name)) results.push(await run(name, () => work(object, options.signal)));
    }
    const names = results.flatMap(({ name, outcome }) => (outcome === 'done' ? [name] : []));
    const next = await removeFinalizers(this.client, this.resource, object, { ...options, names });
    return { object: next, changed: next !== object, results };
  }
}

async function run(name: string, work: () => Promise<number | void>): Promise<FinalizerResult> {
  try {
    const requeueAfterMs = await work();
    return requeueAfterMs === undefined ? { name, outcome: 'done' } : { name, outcome: 'pending', requeueAfterMs };
  } catch (error) {
    return { name, outcome: 'failed', error };
  }
}
