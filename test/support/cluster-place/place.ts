import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { type ApiServer, startApiServer } from '../../../hack/cluster/api-server.ts';
import { gatewayDefinitions } from '../../../hack/cluster/bare/node/gateway.ts';
import type { Client } from '../../../src/kube/client/client.ts';
import { createClient } from '../../../src/kube/client/create-client.ts';
import { loadConnection } from '../../../src/kube/connection/load-connection.ts';
import { InformerCache } from '../../../src/kube/informer/informer-cache.ts';
import type { KubeObject } from '../../../src/kube/object/object.ts';
import { createTransport } from '../../../src/kube/transport/create-transport.ts';
import { deployments } from '../../../src/objects/vish.ts';
import { systemClock as clock, systemRandom as random } from '../../../src/seams/system.ts';
import { clusterInformers } from '../../../src/targets/cluster/informers.ts';
import { definitions } from '../resources.ts';
import { silentLogger } from '../scripted-api/rig.ts';
import { until } from '../until.ts';

/** An API server with nodes that play pods, our kind and the routes, and one cache that all targets of a test file read. */
export type Place = Awaited<ReturnType<typeof openPlace>>;

export async function openPlace(name: string) {
  const server = await startApiServer({ name, hollowNodes: 2 });
  try {
    return await openOn(server);
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function openOn(server: ApiServer) {
  const connection = await loadConnection({ clock, kubeconfig: server.kubeconfig });
  const transport = createTransport({ connection, clock, random, protocol: 'auto' });
  const client = createClient({ transport, clock, fieldManager: 'test' });
  await defineKinds(client);
  const newCache = () => new InformerCache({ transport, clock, random, logger: silentLogger, freeze: true });
  const cache = newCache();
  const informers = clusterInformers(cache);
  const stopping = new AbortController();
  const running = cache.run(stopping.signal);
  await cache.waitForSync();
  return {
    client,
    cache,
    informers,
    newCache,
    async close() {
      stopping.abort();
      await running;
      await transport.close();
      await server.stop();
    },
  };
}

async function defineKinds(client: Client): Promise<void> {
  const routes = await gatewayDefinitions();
  const files = [
    'config/crd/deployments.yaml',
    join(routes, 'gateway.networking.k8s.io_httproutes.yaml'),
    join(routes, 'gateway.networking.k8s.io_grpcroutes.yaml'),
  ];
  for (const file of files) {
    const { status: _, ...definition } = parse(await readFile(file, 'utf8')) as KubeObject & { status?: unknown };
    await client.apply(definitions, definition);
  }
  await until(async () => (await client.list(deployments)).items.length === 0);
}
