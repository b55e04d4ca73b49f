import type { Random } from '../../seams/random.ts';
import { collectionPath, withQuery } from '../client/paths.ts';
import type { Resource } from '../object/resource.ts';
import type { KubeRequest } from '../transport/transport.ts';
import type { Position } from './plan.ts';

/** Which objects of a kind, and how much of each. */
export interface Scope {
  /** Default: all namespaces. */
  namespace?: string;
  labelSelector?: string;
  fieldSelector?: string;
  /**
   * Only `metadata`: for kinds where labels and owners are enough. Default false. With true the rest never reaches this
   * process, which is what one wants for Secrets.
   */
  metadataOnly?: boolean;
}

export interface Collection {
  readonly resource: Resource;
  readonly scope: Scope;
}

const pageSize = 500;
const minWatchSeconds = 300;

/** Between 5 and 10 minutes, by chance, so that the watches of a fleet do not all end at once. */
export function watchSeconds(random: Random): number {
  return Math.floor(minWatchSeconds * (1 + random.next()));
}

export function watchRequest(collection: Collection, version: string, timeoutSeconds: number): KubeRequest {
  return get(collection, 'PartialObjectMetadata', {
    watch: '1',
    allowWatchBookmarks: 'true',
    resourceVersion: version,
    timeoutSeconds: String(timeoutSeconds),
  });
}

/** A watch that begins with all objects. Not older than `version`; by quorum when it is empty. */
export function watchListRequest(collection: Collection, version: string, timeoutSeconds: number): KubeRequest {
  return get(collection, 'PartialObjectMetadata', {
    watch: '1',
    allowWatchBookmarks: 'true',
    sendInitialEvents: 'true',
    resourceVersionMatch: 'NotOlderThan',
    resourceVersion: version,
    timeoutSeconds: String(timeoutSeconds),
  });
}

/**
 * One page. Without a known version the server's cache is good enough for the first list and a quorum read is paged; with
 * one, paging would make the server read from etcd what its cache has.
 */
export function listRequest(collection: Collection, version: string, continueToken: string): KubeRequest {
  const limit = version === '' || version === '0' ? { limit: String(pageSize) } : {};
  const rest =
    continueToken === ''
      ? version !== '' && { resourceVersion: version, resourceVersionMatch: 'NotOlderThan' }
      : { continue: continueToken };
  return { ...get(collection, 'PartialObjectMetadataList', { ...limit, ...rest }), timeoutMs: 60_000 };
}

/** The version that a full list must not be older than: empty for the newest, `0` for whatever the server has at hand. */
export function syncVersion({ quorum, watchList }: Position, held: string | undefined): string {
  if (quorum) return '';
  return held ?? (watchList ? '' : '0');
}

function get({ resource, scope }: Collection, partial: string, query: Record<string, string>): KubeRequest {
  const { labelSelector, fieldSelector, metadataOnly } = scope;
  const accept = metadataOnly ? `application/json;as=${partial};g=meta.k8s.io;v=v1` : 'application/json';
  return {
    method: 'GET',
    path: withQuery(collectionPath(resource, scope.namespace), { ...query, labelSelector, fieldSelector }),
    headers: { accept },
  };
}
