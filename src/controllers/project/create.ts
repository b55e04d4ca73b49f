import type { ConsistencyMetrics } from '../../kube/consistency/metrics.ts';
import {
  Applier,
  type Client,
  Controller,
  type ControllerMetrics,
  type EventRecorder,
  type Informers,
  type Logger,
  StatusWriter,
  WrittenVersions,
} from '../../kube/index.ts';
import { projects } from '../../objects/vish.ts';
import type { Clock } from '../../seams/clock.ts';
import type { Random } from '../../seams/random.ts';
import { createReconcile } from './reconcile.ts';
import { ownedConditions } from './status.ts';
import { sourcesOf, storesOf } from './stores.ts';

export interface ProjectControllerOptions {
  readonly client: Client;
  readonly cache: Informers;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly metrics: ControllerMetrics;
  readonly consistency: ConsistencyMetrics;
  readonly recorder: Pick<EventRecorder, 'record'>;
  /** How many Projects are looked at at once. Default 2. */
  readonly concurrency?: number;
}

const name = 'project';
const fieldManager = 'vish-project';

/** Makes the Deployments of every Project's environments. */
export function createProjectController(options: ProjectControllerOptions): Controller {
  const { client, cache, clock, random, logger: log, metrics, consistency, recorder, concurrency = 2 } = options;
  const stores = storesOf(cache);
  const written = new WrittenVersions({
    controller: name,
    clock,
    metrics: consistency,
    informersOf: (resource, namespace) => cache.informersOf(resource, namespace),
    ownerUid: (key) => stores.projects.store.get(key)?.metadata.uid,
  });
  const applier = new Applier({ client, clock, fieldManager });
  const writer = new StatusWriter({ client, clock, fieldManager, ownedConditions, resource: projects });
  return new Controller({
    name,
    reconcile: createReconcile({ client, clock, stores, applier, writer, written, recorder }),
    sources: sourcesOf(stores),
    ready: (key) => written.ready(key),
    clock,
    random,
    log,
    metrics,
    concurrency,
  });
}
