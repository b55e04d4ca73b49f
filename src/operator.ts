import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { createClient } from './kube/client/create-client.ts';
import { loadConnection } from './kube/connection/load-connection.ts';
import { Elector, type ElectorOptions } from './kube/leader/elector.ts';
import { LeaderMetrics } from './kube/leader/metrics.ts';
import type { Logger } from './kube/log/logger.ts';
import { Manager } from './kube/manager/manager.ts';
import { createRegistry } from './kube/metrics/registry.ts';
import { Health } from './kube/server/health.ts';
import { HttpServer } from './kube/server/http-server.ts';
import { metricsPage } from './kube/server/metrics-page.ts';
import { createTransport } from './kube/transport/create-transport.ts';
import type { Options } from './options.ts';
import type { Clock } from './seams/clock.ts';
import type { Random } from './seams/random.ts';

export interface Operator {
  manager: Manager;
  /** Closes the connections to the API server; after the manager has ended. */
  close(): Promise<void>;
}

export interface Surroundings {
  clock: Clock;
  random: Random;
  logger: Logger;
  version: string;
  commit: string;
}

/** Puts the parts together. What runs, in which order and with which options stands here and nowhere else. */
export async function createOperator(options: Options, surroundings: Surroundings): Promise<Operator> {
  const { clock, random, logger, version, commit } = surroundings;
  const { kubeconfig, context } = options;
  const connection = await loadConnection({ clock, logger, kubeconfig, context });
  const registry = createRegistry({ version, commit });
  const transport = createTransport({ connection, clock, random, registry, userAgent: `vish/${version}` });
  const client = createClient({ transport, clock, logger, fieldManager: 'vish' });
  const leaderMetrics = new LeaderMetrics(registry);
  const elect = (events: Pick<ElectorOptions, 'onStarted' | 'onLost'>) =>
    new Elector({
      ...events,
      client,
      clock,
      random,
      logger,
      metrics: leaderMetrics,
      lease: { namespace: options.namespace ?? connection.namespace, name: 'vish' },
      // A pod's name survives a restart of its container, so it alone is not unique to a process.
      identity: `${hostname()}_${randomUUID()}`,
    });
  const manager = new Manager({ clock, logger, ...(options.leaderElect && { elect }) });

  const health = new Health({ clock, logger });
  health.addReady('manager', () => {
    if (!manager.running) throw new Error('stopping');
  });
  const { healthPort, metricsPort } = options;
  manager.addServer(new HttpServer({ name: 'health', port: healthPort, handler: health.handle, clock, logger }));
  manager.addServer(
    new HttpServer({ name: 'metrics', port: metricsPort, handler: metricsPage(registry), clock, logger }),
  );

  return { manager, close: () => transport.close() };
}
