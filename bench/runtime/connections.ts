import { Registry } from 'prom-client';
import { createClient } from '../../src/kube/client/create-client.ts';
import { collectionPath, withQuery } from '../../src/kube/client/paths.ts';
import { loadConnection } from '../../src/kube/connection/load-connection.ts';
import { createTransport } from '../../src/kube/transport/create-transport.ts';
import type { Protocol } from '../../src/kube/transport/pools.ts';
import type { Clock } from '../../src/seams/clock.ts';
import { systemRandom } from '../../src/seams/system.ts';
import { forEachIndex, type Server } from './server.ts';
import { widgets } from './widgets.ts';

const watches = 20;
const calls = 2000;

/** Connections that 20 open watches and 2,000 calls opened, from the transport's own counter. */
export async function countConnections(clock: Clock, { kubeconfig }: Server, protocol: Protocol): Promise<number> {
  const registry = new Registry();
  const connection = await loadConnection({ clock, kubeconfig });
  const transport = createTransport({ connection, clock, random: systemRandom, registry, protocol });
  const client = createClient({ transport, clock, fieldManager: 'bench' });
  try {
    const path = withQuery(collectionPath(widgets), { watch: true, timeoutSeconds: 300 });
    await Promise.all(Array.from({ length: watches }, () => transport.stream({ method: 'GET', path })));
    await forEachIndex(calls, () => client.list(widgets, { limit: 1 }));
    const metric = await registry.getSingleMetric('rest_client_connections_opened_total')?.get();
    return (metric?.values ?? []).reduce((sum, { value }) => sum + value, 0);
  } finally {
    await transport.close();
  }
}
