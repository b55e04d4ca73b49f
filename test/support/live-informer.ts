import { inject, onTestFinished } from 'vitest';
import type { Stored } from '../../src/kube/client/client.ts';
import { createClient } from '../../src/kube/client/create-client.ts';
import { fixedConnection } from '../../src/kube/connection/connection.ts';
import { loadConnection } from '../../src/kube/connection/load-connection.ts';
import { InformerCache } from '../../src/kube/informer/informer-cache.ts';
import type { KubeObject } from '../../src/kube/object/object.ts';
import { createTransport } from '../../src/kube/transport/create-transport.ts';
import type { Clock } from '../../src/seams/clock.ts';
import { systemClock, systemRandom } from '../../src/seams/system.ts';
import { startFaultProxy } from './fault-proxy/fault-proxy.ts';
import { watchForLeaks } from './leaks/open-handles.ts';
import { type ConfigMap, configMaps, namespaces } from './resources.ts';
import { silentLogger } from './scripted-api/rig.ts';

/** Waits end twenty times sooner, so that a suite of failures does not spend its time in back-offs. */
const hurriedClock: Clock = { ...systemClock, setTimeout: (fn, ms) => systemClock.setTimeout(fn, ms / 20) };

export interface LiveOptions {
  /** Default: the run's own server. */
  kubeconfig?: string;
  /** What the proxy offers. Default both. */
  protocols?: 'both' | 'h1';
}

/**
 * A namespace of its own on the run's API server, a client that writes there undisturbed, and informers that read through
 * a proxy that fails on demand. Ends with the test.
 */
export async function liveInformers({ kubeconfig = inject('kubeconfig'), protocols = 'both' }: LiveOptions = {}) {
  const leaks = watchForLeaks();
  const connection = await loadConnection({ clock: systemClock, kubeconfig });
  const { tls } = await connection.credentials();
  const proxy = await startFaultProxy({ protocols, upstream: { url: connection.server, ...tls } });
  const seams = { clock: systemClock, random: systemRandom };
  const direct = createTransport({ connection, ...seams });
  const transport = createTransport({ connection: fixedConnection(proxy.url, { ca: proxy.ca }), ...seams });
  const cache = new InformerCache({ transport, ...seams, clock: hurriedClock, logger: silentLogger, freeze: true });
  const client = createClient({ transport: direct, clock: systemClock, fieldManager: 'test' });
  const created = await client.create(namespaces, { metadata: { generateName: 'informer-' } });
  const namespace = created.metadata.name;
  const stopping = new AbortController();
  const running = cache.run(stopping.signal);
  onTestFinished(async () => {
    stopping.abort();
    await running;
    await client.delete(namespaces, { name: namespace });
    await Promise.all([transport.close(), direct.close()]);
    await proxy.close();
    await leaks.expectNone();
  });
  const put = (name: string, value: string, metadata: KubeObject['metadata'] = {}): Promise<Stored<ConfigMap>> =>
    client.apply(configMaps, { metadata: { ...metadata, namespace, name }, data: { value } });
  const remove = (name: string) => client.delete(configMaps, { namespace, name });
  return { proxy, cache, client, namespace, put, remove };
}

/** What a store of config maps holds, without those that the control plane puts into every namespace. */
export function valuesOf(objects: readonly Stored<ConfigMap>[]): Record<string, string | undefined> {
  const own = objects.filter(({ metadata }) => metadata.name !== 'kube-root-ca.crt');
  return Object.fromEntries(
    own.map(({ metadata, data }): [string, string | undefined] => [metadata.name, data?.['value']]),
  );
}
