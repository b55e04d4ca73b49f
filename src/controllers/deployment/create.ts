import type { Measure } from '../../checks/measure.ts';
import { Measurer } from '../../checks/measurer.ts';
import type { Condition } from '../../crds/conditions/condition.ts';
import type { Deployment } from '../../crds/deployment/deployment.ts';
import type { ConsistencyMetrics } from '../../kube/consistency/metrics.ts';
import type { Source } from '../../kube/controller/source.ts';
import {
  type Client,
  Controller,
  type ControllerMetrics,
  type EventRecorder,
  type Informers,
  keyOf,
  type Logger,
  StatusWriter,
  WrittenVersions,
} from '../../kube/index.ts';
import type { StatusDraft } from '../../kube/status/status-writer.ts';
import { deployments } from '../../objects/vish.ts';
import type { Clock } from '../../seams/clock.ts';
import type { Random } from '../../seams/random.ts';
import { ConfigurationReader } from './configuration/configuration.ts';
import { ClockJumps } from './jumps.ts';
import type { Stores } from './look.ts';
import type { Parts } from './parts.ts';
import type { FindTarget, LookAtSource, PlanBuild, ResolveImage, VerifyImage } from './ports.ts';
import { Turns, turnSource } from './queue/turns.ts';
import { createReconcile } from './reconcile.ts';
import { releasesOf } from './release/store.ts';
import { sourcesOf, storesOf } from './sources.ts';
import { ownedConditions } from './status/conditions.ts';
import { recordChange } from './status/events.ts';

export interface DeploymentControllerOptions {
  readonly client: Client;
  readonly cache: Informers;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly metrics: ControllerMetrics;
  readonly recorder: Pick<EventRecorder, 'record'>;
  readonly findTarget: FindTarget;
  /** What the places watch, mapped to keys of Deployments. */
  readonly targetSources?: readonly Source[];
  readonly lookAtSource: LookAtSource;
  readonly resolveImage: ResolveImage;
  readonly verifyImage: VerifyImage;
  readonly planBuild: PlanBuild;
  readonly measure: Measure;
  /** Shared with places that write objects of their own: see `deploymentWrites`. */
  readonly written: WrittenVersions;
  /** How many rollouts are under way at once. */
  readonly maxConcurrentRollouts: number;
  /** How many Deployments are looked at at once. Default 4. */
  readonly concurrency?: number;
}

const name = 'deployment';
const fieldManager = 'vish-deployment';

/** Keeps every Deployment at the release that is wanted. */
export function createDeploymentController(options: DeploymentControllerOptions): Controller {
  const { cache, written, clock, random, logger: log, metrics, targetSources = [], concurrency = 4 } = options;
  const stores = storesOf(cache);
  const turns = turnsOf(stores, options);
  const measurer = new Measurer({ measure: options.measure, clock, log });
  return new Controller({
    name,
    reconcile: createReconcile(partsOf(options, { stores, measurer, turns })),
    sources: [...sourcesOf(stores), turnSource(stores, turns), ...targetSources, measurer],
    ready: (key) => written.ready(key),
    clock,
    random,
    log,
    metrics,
    concurrency,
  });
}

export interface WritesOptions {
  readonly cache: Informers;
  readonly clock: Clock;
  readonly metrics: ConsistencyMetrics;
}

/** What was written for a Deployment, by the controller or by its place: it is looked at again when the caches hold it. */
export function deploymentWrites({ cache, clock, metrics }: WritesOptions): WrittenVersions {
  const { store } = cache.informer(deployments);
  return new WrittenVersions({
    controller: name,
    clock,
    metrics,
    informersOf: (resource, namespace) => cache.informersOf(resource, namespace),
    ownerUid: (key) => store.get(key)?.metadata.uid,
  });
}

function turnsOf(stores: Stores, { maxConcurrentRollouts: maxConcurrent, clock }: DeploymentControllerOptions): Turns {
  return new Turns({ ...stores, maxConcurrent, now: () => new Date(clock.now()) });
}

function partsOf(
  options: DeploymentControllerOptions,
  { stores, measurer, turns }: { stores: Stores; measurer: Measurer; turns: Turns },
): Parts {
  const { client, clock, recorder, findTarget, written } = options;
  const jumps = new ClockJumps(clock);
  const configuration = new ConfigurationReader({ client, clock, configMaps: stores.configMaps });
  const writer = new StatusWriter({ client, clock, fieldManager, ownedConditions, resource: deployments });
  return {
    client,
    clock,
    stores,
    measurer,
    jumps,
    findTarget,
    lookAt(deployment, run) {
      const by = { key: keyOf(deployment), uid: deployment.metadata.uid };
      return {
        ...options,
        ...run,
        deployment,
        stores,
        measurer,
        turns,
        configuration,
        releases: releasesOf(stores.revisions, deployment),
        wrote: (resource, object) => written.wrote(by, resource, object),
        deleted: (resource, object) => written.deleted(by, resource, object),
        now: new Date(clock.now()),
        clockLook: jumps.look(by.key),
      };
    },
    async writeStatus({ deployment, wrote, signal, log }, { conditions, ...fields }, summary) {
      const draft = writer.begin(deployment);
      draft.set(fields);
      if (conditions) draft.setConditions(ownedOf(conditions));
      const stored = await draft.commit({ signal, log });
      if (stored === undefined || stored === deployment) return stored;
      wrote(deployments, stored);
      if (summary) recordChange(recorder, { before: deployment, after: stored }, summary);
      return stored;
    },
  };
}

const owned: ReadonlySet<string> = new Set(ownedConditions);

/** The writer stamps the times itself, by the same rule. */
function ownedOf(conditions: readonly Condition[]): Parameters<StatusDraft<Deployment>['setConditions']>[0] {
  const ours = conditions.filter(({ type }) => owned.has(type));
  return ours.map(({ type, status, reason, message, observedGeneration = 0 }) => {
    return { type, status, reason, message, observedGeneration };
  });
}
