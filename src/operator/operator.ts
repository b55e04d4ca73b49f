import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Registry } from 'prom-client';
import type { Client } from '../kube/client/client.ts';
import { createClient } from '../kube/client/create-client.ts';
import { loadConnection } from '../kube/connection/load-connection.ts';
import { EventMetrics } from '../kube/events/metrics.ts';
import { EventRecorder } from '../kube/events/recorder.ts';
import { EventWriter } from '../kube/events/writer.ts';
import { InformerCache } from '../kube/informer/informer-cache.ts';
import { inNamespaces } from '../kube/informer/many-namespaces.ts';
import { registerInformerMetrics } from '../kube/informer/metrics.ts';
import { Elector, type ElectorOptions } from '../kube/leader/elector.ts';
import { LeaderMetrics } from '../kube/leader/metrics.ts';
import type { LogLevel } from '../kube/log/create-logger.ts';
import type { Logger } from '../kube/log/logger.ts';
import type { Redactor } from '../kube/log/redactor.ts';
import { Manager } from '../kube/manager/manager.ts';
import { createRegistry } from '../kube/metrics/registry.ts';
import { Access } from '../kube/server/access.ts';
import { Health } from '../kube/server/health.ts';
import { HttpServer } from '../kube/server/http-server.ts';
import { logLevelSwitch } from '../kube/server/log-level.ts';
import { metricsPage } from '../kube/server/metrics-page.ts';
import { createTransport } from '../kube/transport/create-transport.ts';
import type { Options } from '../options.ts';
import type { Clock } from '../seams/clock.ts';
import type { Random } from '../seams/random.ts';
import type { Settings } from '../settings/schema.ts';
import { createControllers } from './controllers.ts';
import { createOutside } from './outside.ts';
import { cacheRunnable } from './runnables.ts';

export interface Operator {
  manager: Manager;
  /** All that it tells Prometheus; complete before anything runs. */
  registry: Registry;
  /** Closes the connections to the outside and to the API server; after the manager has ended. */
  close(): Promise<void>;
}

export interface Surroundings {
  clock: Clock;
  random: Random;
  logger: Logger;
  setLogLevel: (level: LogLevel) => void;
  redactor: Redactor;
  version: string;
  commit: string;
}

/** Puts the parts together. What runs, in which order and with which options stands in this folder and nowhere else. */
export async function createOperator(
  options: Options,
  settings: Settings,
  surroundings: Surroundings,
): Promise<Operator> {
  const { clock, random, logger, version, commit } = surroundings;
  const { kubeconfig, context } = options;
  const connection = await loadConnection({ clock, logger, kubeconfig, context });
  const registry = createRegistry({ version, commit });
  const transport = createTransport({ connection, clock, random, registry, userAgent: `vish/${version}` });
  const client = createClient({ transport, clock, logger, fieldManager: 'vish' });
  const cache = new InformerCache({ transport, clock, random, logger });
  registerInformerMetrics(cache, registry, clock);
  const recorder = createRecorder(client, registry, surroundings);
  const outside = createOutside({ settings: settings.outbound, clock, random, registry });

  const namespace = options.namespace ?? connection.namespace;
  const elect = electorOf({ client, registry, namespace, surroundings });
  const manager = new Manager({ clock, logger, ...(options.leaderElect && { elect }) });
  for (const server of serversOf({ options, settings, client, registry, manager, cache, surroundings }))
    manager.addServer(server);
  const { namespaces } = settings;
  const seen = namespaces === undefined ? cache : inNamespaces(cache, namespaces);
  const parts = { client, cache: seen, clock, random, logger, registry, recorder, outside, settings, namespace };
  const controllers = createControllers(parts);
  manager.addCache(cacheRunnable(cache));
  manager.addRunnable(recorder);
  for (const controller of controllers) manager.addRunnable(controller);

  return {
    manager,
    registry,
    async close() {
      outside.follower.stop();
      await outside.outbound.close();
      await transport.close();
    },
  };
}

function createRecorder(client: Client, registry: Registry, { clock, random, logger, redactor }: Surroundings) {
  const metrics = new EventMetrics(registry);
  const writer = new EventWriter({ client, clock, random, logger, metrics });
  const reporter = { controller: 'vish.dev/operator', instance: hostname() };
  return new EventRecorder({ writer, reporter, clock, random, metrics, redact: (text) => redactor.text(text) });
}

interface Election {
  readonly client: Client;
  readonly registry: Registry;
  readonly namespace: string;
  readonly surroundings: Surroundings;
}

function electorOf({ client, registry, namespace, surroundings: { clock, random, logger } }: Election) {
  const metrics = new LeaderMetrics(registry);
  // A pod's name survives a restart of its container, so it alone is not unique to a process.
  const identity = `${hostname()}_${randomUUID()}`;
  const lease = { namespace, name: 'vish' };
  return (events: Pick<ElectorOptions, 'onStarted' | 'onLost'>) =>
    new Elector({ ...events, client, clock, random, logger, metrics, lease, identity });
}

interface Serving {
  readonly options: Options;
  readonly settings: Settings;
  readonly client: Client;
  readonly registry: Registry;
  readonly manager: Manager;
  readonly cache: InformerCache;
  readonly surroundings: Surroundings;
}

function serversOf(serving: Serving): HttpServer[] {
  const { options, settings, client, registry, manager, cache, surroundings } = serving;
  const { clock, logger, setLogLevel } = surroundings;
  const { healthPort, metricsPort } = options;
  const page = metricsPage(registry);
  const handler = settings.metrics.protected ? new Access({ client, clock }).protect(page) : page;
  const health = new Health({ clock, logger });
  health.addReady('manager', () => {
    if (!manager.running) throw new Error('stopping');
  });
  health.addReady('caches', () => {
    const { ready, problems } = cache.readiness();
    if (!ready) throw new Error(problems.join('\n'));
  });
  return [
    new HttpServer({
      name: 'health',
      port: healthPort,
      handler: health.handle,
      changes: logLevelSwitch(setLogLevel),
      clock,
      logger,
    }),
    new HttpServer({ name: 'metrics', port: metricsPort, handler, clock, logger }),
  ];
}
