import type { Client } from '../../src/kube/client/client.ts';
import { createClient } from '../../src/kube/client/create-client.ts';
import { loadConnection } from '../../src/kube/connection/load-connection.ts';
import { createTransport } from '../../src/kube/transport/create-transport.ts';
import type { Transport } from '../../src/kube/transport/transport.ts';
import { systemClock, systemRandom } from '../../src/seams/system.ts';

export interface Connected {
  client: Client;
  transport: Transport;
  close(): Promise<void>;
}

/** The test's own way to the API server, as the administrator; in the audit log it is `vish-harness`, never the operator. */
export async function connectTo(kubeconfig: string): Promise<Connected> {
  const connection = await loadConnection({ clock: systemClock, kubeconfig });
  const seams = { clock: systemClock, random: systemRandom };
  const transport = createTransport({ connection, ...seams, userAgent: 'vish-harness' });
  const client = createClient({ transport, clock: systemClock, fieldManager: 'vish-harness' });
  return { client, transport, close: () => transport.close() };
}
