import { type ApiServer, startApiServer } from '../../hack/cluster/api-server.ts';
import type { Client } from '../../src/kube/client/client.ts';
import { createClient } from '../../src/kube/client/create-client.ts';
import { loadConnection } from '../../src/kube/connection/load-connection.ts';
import { isKubeError } from '../../src/kube/errors/errors.ts';
import { createTransport } from '../../src/kube/transport/create-transport.ts';
import type { Clock } from '../../src/seams/clock.ts';
import { systemRandom } from '../../src/seams/system.ts';
import { definitions, namespaces } from '../../test/support/resources.ts';
import { until } from '../../test/support/until.ts';
import { places, widgetDefinition, widgets } from './widgets.ts';

/** The server that both sides work on, and the harness's own way to it. */
export interface Server extends ApiServer {
  client: Client;
}

export async function startServer(clock: Clock): Promise<Server> {
  const server = await startApiServer({ name: `bench-${process.pid}` });
  try {
    return await equip(server, clock);
  } catch (error) {
    await server.stop(); // nobody else knows of it yet
    throw error;
  }
}

async function equip(server: ApiServer, clock: Clock): Promise<Server> {
  const connection = await loadConnection({ clock, kubeconfig: server.kubeconfig });
  const transport = createTransport({ connection, clock, random: systemRandom, userAgent: 'bench-harness' });
  const client = createClient({ transport, clock, fieldManager: 'bench-harness' });
  const stop = async () => {
    await transport.close();
    await server.stop();
  };
  for (const name of Object.values(places)) await client.create(namespaces, { metadata: { name } });
  await client.create(definitions, widgetDefinition);
  await until(() => served(client), { deadlineMs: 60_000, describe: 'the API server serves widgets', clock });
  return { ...server, client, stop };
}

async function served(client: Client): Promise<boolean> {
  try {
    await client.list(widgets, { limit: 1 });
    return true;
  } catch (error) {
    const notYet = (['Unsupported', 'NotFound', 'Unavailable', 'Throttled'] as const).some((code) =>
      isKubeError(error, code),
    );
    if (notYet) return false;
    throw error;
  }
}

/** Runs `work` for 0 to `count - 1`, twenty at a time. */
export async function forEachIndex(count: number, work: (index: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: 20 }, lane));
}
