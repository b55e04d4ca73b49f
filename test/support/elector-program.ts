import { createClient } from '../../src/kube/client/create-client.ts';
import { loadConnection } from '../../src/kube/connection/load-connection.ts';
import { createTransport } from '../../src/kube/transport/create-transport.ts';
import { systemClock as clock, systemRandom as random } from '../../src/seams/system.ts';
import { aReplica } from './replica.ts';

/** A replica in a process of its own, to be killed by a test. Arguments: kubeconfig, namespace and name of the lease. */
const [kubeconfig = '', namespace = '', name = ''] = process.argv.slice(2);
const connection = await loadConnection({ clock, kubeconfig });
const transport = createTransport({ connection, clock, random, userAgent: 'vish/elector-program' });
const client = createClient({ transport, clock, fieldManager: 'elector' });
const replica = aReplica({ identity: 'doomed', client, clock, lease: { namespace, name } });

const look = () => {
  if (replica.elector.leading) process.stdout.write('leading\n');
  else clock.setTimeout(look, 20);
};
look();
process.once('SIGTERM', replica.stop);
await replica.start();
await transport.close();
process.exit(0);
