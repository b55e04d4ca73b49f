import { randomUUID } from 'node:crypto';
import { Registry } from 'prom-client';
import { createClient } from '../../src/kube/client/create-client.ts';
import { loadConnection } from '../../src/kube/connection/load-connection.ts';
import { Elector } from '../../src/kube/leader/elector.ts';
import { LeaderMetrics } from '../../src/kube/leader/metrics.ts';
import type { Logger } from '../../src/kube/log/logger.ts';
import { createTransport } from '../../src/kube/transport/create-transport.ts';
import { type Clock, sleep } from '../../src/seams/clock.ts';
import { systemRandom as random } from '../../src/seams/system.ts';
import type { Server } from './server.ts';

const logger: Logger = { debug() {}, info() {}, warn() {}, error() {}, child: () => logger };

/** Milliseconds from the end of a leader until the standby leads: killed it says nothing, stopped it gives the lease back. */
export async function takeover(clock: Clock, server: Server, end: 'killed' | 'stopped'): Promise<number> {
  const lease = { namespace: 'default', name: `bench-${randomUUID()}` };
  const [first, second] = [await replica(clock, server, lease), await replica(clock, server, lease)];
  first.start();
  await first.leads;
  second.start();
  await sleep(clock, 3000 + random.next() * 2000); // it has seen the leader, and is anywhere between two looks
  const began = clock.monotonic();
  await (end === 'killed' ? first.vanish() : first.stop());
  await second.leads;
  const took = clock.monotonic() - began;
  await second.stop();
  return took;
}

async function replica(clock: Clock, { kubeconfig }: Server, lease: { namespace: string; name: string }) {
  const connection = await loadConnection({ clock, kubeconfig });
  const transport = createTransport({ connection, clock, random });
  const client = createClient({ transport, clock, fieldManager: 'bench' });
  const metrics = new LeaderMetrics(new Registry());
  const leads = Promise.withResolvers<void>();
  const stop = new AbortController();
  const elector = new Elector({
    client,
    clock,
    random,
    logger,
    metrics,
    lease,
    identity: randomUUID(),
    onStarted: () => leads.resolve(),
    onLost: () => undefined,
  });
  let running = Promise.resolve();
  const start = () => {
    running = elector.run(stop.signal);
  };
  return {
    leads: leads.promise,
    start,
    async stop() {
      stop.abort();
      await running;
      await transport.close();
    },
    /** What a kill looks like to the server: no more requests, and no word. */
    async vanish() {
      await transport.close();
      stop.abort();
    },
  };
}
