import type { Informers } from '../../src/kube/informer/informer-cache.ts';
import { inNamespaces } from '../../src/kube/informer/many-namespaces.ts';

/**
 * Informers that see one namespace where they would see all: suites share an API server, and a controller under test would
 * take the objects of others for its own.
 */
export function within(cache: Informers, namespace: string): Informers {
  return inNamespaces(cache, [namespace]);
}
