import type { Stored } from '../client/client.ts';
import type { KubeObject } from '../object/object.ts';
import { compareResourceVersions } from '../object/resource-version.ts';
import type { IndexFunction } from '../store/index-functions.ts';
import type { Handler, HandlerRegistration, Informer, Store } from './handler.ts';
import type { Informers } from './informer-cache.ts';

/**
 * Informers that see these namespaces where they would see all: for a program without rights in the others. Each
 * namespace is listed and watched by itself, as Roles allow; whoever names a namespace gets that one.
 */
export function inNamespaces(cache: Informers, namespaces: readonly string[]): Informers {
  const merged = <T extends KubeObject>(open: (scope: { namespace: string }) => Informer<T>) =>
    new ManyNamespaces(new Map(namespaces.map((namespace) => [namespace, open({ namespace })])));
  return {
    informer: (resource, request) =>
      request?.namespace === undefined
        ? merged((scope) => cache.informer(resource, { ...request, ...scope }))
        : cache.informer(resource, request),
    metadataInformer: (resource, request) =>
      request?.namespace === undefined
        ? merged((scope) => cache.metadataInformer(resource, { ...request, ...scope }))
        : cache.metadataInformer(resource, request),
    informersOf: (resource, namespace) => cache.informersOf(resource, namespace),
  };
}

/** The informers of one kind in several namespaces, seen as one. */
class ManyNamespaces<T extends KubeObject> implements Informer<T> {
  readonly store: Store<T>;
  private readonly all: readonly Informer<T>[];

  constructor(parts: ReadonlyMap<string, Informer<T>>) {
    this.all = [...parts.values()];
    const stores = this.all.map(({ store }) => store);
    this.store = {
      get: (key) => parts.get(key.slice(0, Math.max(0, key.indexOf('/'))))?.store.get(key),
      list: () => stores.flatMap((store) => store.list()),
      byIndex: (index, value) => stores.flatMap((store): Stored<T>[] => store.byIndex(index, value)),
      get size() {
        return stores.reduce((sum, { size }) => sum + size, 0);
      },
    };
  }

  /** Of the one that is furthest behind, so that what it promises holds in every namespace. */
  get resourceVersion(): string | undefined {
    const versions = this.all.map(({ resourceVersion }) => resourceVersion);
    return versions.reduce((a, b) => (a === undefined || b === undefined ? undefined : older(a, b)));
  }

  addIndex(name: string, valuesOf: IndexFunction<T>): void {
    for (const informer of this.all) informer.addIndex(name, valuesOf);
  }

  addHandler(handler: Handler<T>): HandlerRegistration {
    const registrations = this.all.map((informer) => informer.addHandler(handler));
    return {
      hasSynced: () => registrations.every((registration) => registration.hasSynced()),
      remove() {
        for (const registration of registrations) registration.remove();
      },
    };
  }

  hasSynced(): boolean {
    return this.all.every((informer) => informer.hasSynced());
  }

  async waitForSync(signal?: AbortSignal): Promise<void> {
    await Promise.all(this.all.map((informer) => informer.waitForSync(signal)));
  }
}

function older(a: string, b: string): string {
  return compareResourceVersions(a, b) < 0 ? a : b;
}
