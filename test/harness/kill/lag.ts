import type { Client } from '../../../src/kube/client/client.ts';
import type { Resource } from '../../../src/kube/object/resource.ts';
import { hold, respond } from '../../support/fault-proxy/actions.ts';
import type { Exchange } from '../../support/fault-proxy/exchange.ts';
import type { FaultProxy } from '../../support/fault-proxy/fault-proxy.ts';
import { collectionRead, isWatch, queryOf } from './collections.ts';

export interface Lag {
  /** The server has caught up: what was held back arrives. */
  end(): void;
}

export interface LagOptions {
  /** Default: all kinds. */
  resource?: Resource;
  /** What the lagging server knows; see `revisionNow`. The API server forgets revisions after five minutes. */
  revision: string;
}

/** The newest revision of a collection. */
export async function revisionNow(client: Pick<Client, 'list'>, resource: Resource): Promise<string> {
  return (await client.list(resource, { limit: 1 })).metadata.resourceVersion;
}

/**
 * From now on the operator meets an API server that is behind, as after a switch to another replica of it: lists show
 * `revision`, watches stay silent. Reads of one object and writes are answered by the newest state, as etcd does.
 */
export function lagBehind(proxy: FaultProxy, { resource, revision }: LagOptions): Lag {
  const caughtUp = Promise.withResolvers<void>();
  const reads = (wanted: (query: URLSearchParams) => boolean) => collectionRead(wanted, resource);
  const faults = [
    // It could not say of an old revision that this is all: whoever asks has to list.
    proxy.fault({
      match: reads((query) => query.has('sendInitialEvents')),
      action: respond(422, { reason: 'Invalid' }),
    }),
    proxy.fault({ match: reads(isWatch), action: hold(caughtUp.promise) }),
    proxy.fault({
      match: reads((query) => !isWatch(query)),
      action: { intercept: (exchange) => (showRevision(exchange, revision), false) },
    }),
  ];
  return {
    end() {
      for (const fault of faults) fault.remove();
      caughtUp.resolve();
    },
  };
}

function showRevision(exchange: Exchange, revision: string): void {
  const query = queryOf(exchange);
  if (!query.has('continue')) {
    query.set('resourceVersion', revision);
    query.set('resourceVersionMatch', 'Exact');
  }
  exchange.path = `${exchange.path.split('?')[0]}?${query.toString()}`;
}
