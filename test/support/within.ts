import type { Informers } from '../../src/kube/informer/informer-cache.ts';

/**
 * Informers that see one namespace where they would see all: suites share an API server, and a controller under test would
 * take the objects of others for its own.
 */
export function within(cache: Informers, namespace: string): Informers {
  return {
    informer: (resource, request) => cache.informer(resource, { namespace, ...request }),
    metadataInformer: (resource, scope) => cache.metadataInformer(resource, { namespace, ...scope }),
    informersOf: (resource) => cache.informersOf(resource),
  };
}
