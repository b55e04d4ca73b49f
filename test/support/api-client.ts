import { inject } from 'vitest';
import type { Client } from '../../src/kube/client/client.ts';
import { createClient } from '../../src/kube/client/create-client.ts';
import { type Connection, fixedConnection } from '../../src/kube/connection/connection.ts';
import { loadConnection } from '../../src/kube/connection/load-connection.ts';
import type { KubeObject } from '../../src/kube/object/object.ts';
import { createTransport } from '../../src/kube/transport/create-transport.ts';
import type { Transport } from '../../src/kube/transport/transport.ts';
import { systemClock, systemRandom } from '../../src/seams/system.ts';
import { type FaultProxy, startFaultProxy } from './fault-proxy/fault-proxy.ts';
import { watchForLeaks } from './leaks/open-handles.ts';
import { widgets } from './objects.ts';
import { definitions, namespaces } from './resources.ts';
import { until } from './until.ts';

/** Clients of the run's API server, in a namespace of the test's own. Close it at the end: it also looks for leaks. */
export async function openApi(namespace: string) {
  const leaks = watchForLeaks();
  const open: { close(): Promise<void> }[] = [];
  const direct = await loadConnection({ clock: systemClock, kubeconfig: inject('kubeconfig') });
  const transportTo = (connection: Connection): Transport => {
    const transport = createTransport({ connection, clock: systemClock, random: systemRandom, protocol: 'auto' });
    open.unshift(transport);
    return transport;
  };
  const clientOn = (transport: Transport) => createClient({ transport, clock: systemClock, fieldManager: 'test' });
  const transport = transportTo(direct);
  const client = clientOn(transport);
  await client.create(namespaces, { metadata: { name: namespace } });
  return {
    client,
    /** For what the client has no call for. */
    transport,
    /** A client whose network the test can break. */
    async proxied(): Promise<{ client: Client; proxy: FaultProxy }> {
      const { ca, cert, key } = (await direct.credentials()).tls;
      const proxy = await startFaultProxy({ upstream: { url: direct.server, ca, cert, key } });
      open.push(proxy);
      return { client: clientOn(transportTo(fixedConnection(proxy.url, { ca: proxy.ca }))), proxy };
    },
    async close() {
      await client.delete(namespaces, { name: namespace });
      for (const part of open) await part.close();
      await leaks.expectNone(10_000);
    },
  };
}

/** A kind of any shape with a status, served from now on. */
export async function defineWidgets(client: Client): Promise<void> {
  const { group, version, kind, plural } = widgets;
  const openAPIV3Schema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  const definition: KubeObject & { spec: object } = {
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { kind, plural },
      versions: [
        { name: version, served: true, storage: true, subresources: { status: {} }, schema: { openAPIV3Schema } },
      ],
    },
  };
  await client.apply(definitions, definition);
  await until(async () => {
    await client.list(widgets);
    return true;
  });
}
