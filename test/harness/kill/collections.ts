import type { Resource } from '../../../src/kube/object/resource.ts';
import type { Exchange } from '../../support/fault-proxy/exchange.ts';

/** Reads of collections: of one kind, or of all, in any namespace. */
export function collectionRead(wanted: (query: URLSearchParams) => boolean, resource?: Resource) {
  const isCollection = collectionOf(resource);
  return (exchange: Exchange) =>
    exchange.method === 'GET' && isCollection.test(exchange.path.split('?')[0] ?? '') && wanted(queryOf(exchange));
}

export function queryOf({ path }: Exchange): URLSearchParams {
  return new URLSearchParams(path.split('?')[1]);
}

export function isWatch(query: URLSearchParams): boolean {
  return ['1', 'true'].includes(query.get('watch') ?? '');
}

function collectionOf(resource: Resource | undefined): RegExp {
  if (resource === undefined) return /^\/(api|apis\/[^/]+)\/[^/]+\/(namespaces\/[^/]+\/)?[^/]+$/;
  const { group, version, plural } = resource;
  return new RegExp(`^/${group === '' ? 'api' : `apis/${group}`}/${version}/(namespaces/[^/]+/)?${plural}$`);
}
