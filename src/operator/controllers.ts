import type { Registry } from 'prom-client';
import { createMeasure } from '../checks/measure.ts';
import { createBuildController } from '../controllers/build/create.ts';
import { planBuild } from '../controllers/deployment/adapters/build.ts';
import { checkImage } from '../controllers/deployment/adapters/check-image.ts';
import { resolveImage } from '../controllers/deployment/adapters/image.ts';
import { type LoginFor, pullLogin } from '../controllers/deployment/adapters/pull-login.ts';
import { verifyImage } from '../controllers/deployment/adapters/signature.ts';
import { followSource } from '../controllers/deployment/adapters/source.ts';
import { createDeploymentController, deploymentWrites } from '../controllers/deployment/create.ts';
import { createProductWatch } from '../controllers/metrics/create.ts';
import { createProjectController } from '../controllers/project/create.ts';
import { createRetention } from '../controllers/retention/create.ts';
import { createTargetController } from '../controllers/target/create.ts';
import { deploymentsOn, lookChanged } from '../controllers/target/use.ts';
import type { Deployment } from '../crds/deployment/deployment.ts';
import type { Target } from '../crds/target/target.ts';
import { ConsistencyMetrics } from '../kube/consistency/metrics.ts';
import {
  anyOf,
  type Client,
  ControllerMetrics,
  type EventRecorder,
  generationChanged,
  type Informers,
  informerSource,
  type KubeObject,
  keyOf,
  type Logger,
  type Runnable,
  WakeSource,
  type WrittenVersions,
} from '../kube/index.ts';
import { builds, deployments, projects, targets } from '../objects/vish.ts';
import type { Clock } from '../seams/clock.ts';
import type { Random } from '../seams/random.ts';
import type { Settings } from '../settings/schema.ts';
import { createClusterTarget } from '../targets/cluster/cluster-target.ts';
import { commandInformers, commandKeys } from '../targets/cluster/commands/informers.ts';
import { scheduleInformer } from '../targets/cluster/commands/schedules.ts';
import { clusterInformers, deploymentKeys } from '../targets/cluster/informers.ts';
import type { WriteObserver } from '../targets/cluster/writes.ts';
import { Sessions } from '../targets/ecs/account/sessions.ts';
import { createEcsTarget } from '../targets/ecs/ecs-target.ts';
import { ecsPlacesIn } from '../targets/ecs/place.ts';
import { createImageCopier } from '../targets/ecs/task/copier.ts';
import { checkJobs } from './check-jobs.ts';
import { checkReplicas } from './check-replicas.ts';
import type { Outside } from './outside.ts';
import { createFindTarget } from './places.ts';
import { controllerRunnable, productWatchRunnable } from './runnables.ts';

export interface ControllersOptions {
  readonly client: Client;
  readonly cache: Informers;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly registry: Registry;
  readonly recorder: Pick<EventRecorder, 'record'>;
  readonly outside: Outside;
  readonly settings: Settings;
  /** The operator's own. */
  readonly namespace: string;
}

/** Every controller of the product, with what each needs of the others. Runs nothing. */
export function createControllers(options: ControllersOptions): Runnable[] {
  const { registry, logger } = options;
  const shared = {
    ...options,
    metrics: new ControllerMetrics(registry),
    consistency: new ConsistencyMetrics(registry),
  };
  const sessions = new Sessions({ clock: options.clock, ...ecsOptions(options.settings) });
  const ecsTargets = options.cache.informer(targets);
  const build = createBuildController({
    ...shared,
    informers: shared.cache,
    log: logger,
    outbound: options.outside.outbound,
    signing: signingOptions(options),
    options: buildOptions(options.settings),
  });
  const controllers = [
    createProjectController(shared),
    deploymentController(shared, sessions),
    build.controller,
    createTargetController({
      ...shared,
      log: logger,
      targets: ecsTargets,
      deployments: options.cache.informer(deployments),
      sessions,
    }),
  ];
  const retention = createRetention({
    ...shared,
    informers: shared.cache,
    log: logger,
    outbound: options.outside.outbound,
  });
  const watch = productWatchRunnable(createProductWatch(options));
  return [watch, ...controllers.map(controllerRunnable), build.sweeper, retention];
}

type Shared = ControllersOptions & { metrics: ControllerMetrics; consistency: ConsistencyMetrics };

function deploymentController(shared: Shared, sessions: Sessions) {
  const { client, cache, clock, outside } = shared;
  const { outbound } = outside;
  const loginFor = pullLogin(client, cache.informer(projects).store);
  const written = deploymentWrites({ cache, clock, metrics: shared.consistency });
  const routes = new WakeSource('routes');
  const cluster = createClusterTarget({
    client,
    cache,
    clock,
    fieldManager: 'vish-cluster',
    observer: observerOf(written),
    wake: (key) => routes.wake(key),
  });
  const targetStore = cache.informer(targets).store;
  const copyImage = createImageCopier({ outbound, clock, loginFor });
  const ecs = createEcsTarget({ sessions, placeOf: ecsPlacesIn(targetStore), copyImage, clock });
  const images = imagesFor(shared, loginFor);
  return createDeploymentController({
    ...shared,
    written,
    findTarget: createFindTarget({ cluster, ecs, targets: targetStore }),
    targetSources: [...clusterSources(cache), targetSource(cache), routes],
    lookAtSource: followSource({ follower: outside.follower, client, clock }),
    ...images,
    planBuild,
    maxConcurrentRollouts: shared.settings.rollouts.maxConcurrent,
    measure: createMeasure({
      outbound,
      client,
      clock,
      runJob: checkJobs({ ...shared, admitImage: checkImage({ ...images, stores: untrustedIn(cache) }) }),
      reachRelease: checkReplicas(shared),
      ...shared.settings.checks,
    }),
  });
}

function untrustedIn(cache: Informers) {
  return { builds: cache.informer(builds), projects: cache.informer(projects) };
}

/** How images are looked up, and which may run. */
function imagesFor(shared: Shared, loginFor: LoginFor) {
  const { client, clock, outside } = shared;
  const policy = signaturePolicy(shared);
  const options = { outbound: outside.outbound, clock, loginFor };
  return {
    resolveImage: resolveImage(options),
    verifyImage: verifyImage({ ...options, client, policy }),
    onlySigned: policy !== undefined,
  };
}

function observerOf(written: WrittenVersions): WriteObserver {
  const by = ({ metadata }: Deployment) => ({ key: keyOf({ metadata }), uid: metadata.uid ?? '' });
  return {
    wrote: (deployment, resource, object) => written.wrote(by(deployment), resource, object),
    deleted: (deployment, resource, object) => written.deleted(by(deployment), resource, object),
  };
}

function clusterSources(cache: Informers) {
  const { replicaSets, pods, services, budgets } = clusterInformers(cache);
  const commands = commandInformers(cache);
  const { store } = cache.informer(deployments);
  // Of everybody, because one that stands in the way has no label of ours.
  const sameName = (object: KubeObject) =>
    [...new Set([keyOf(object), ...deploymentKeys(object)])].filter((key) => store.get(key) !== undefined);
  return [
    informerSource({ name: 'replicasets', informer: replicaSets, map: deploymentKeys }),
    informerSource({ name: 'pods', informer: pods, map: deploymentKeys }),
    informerSource({ name: 'services', informer: services, map: sameName }),
    informerSource({ name: 'poddisruptionbudgets', informer: budgets, map: sameName }),
    informerSource({ name: 'cronjobs', informer: scheduleInformer(cache), map: deploymentKeys }),
    informerSource({ name: 'jobs', informer: commands.jobs, map: commandKeys }),
    informerSource({ name: 'command pods', informer: commands.pods, map: commandKeys }),
  ];
}

/** A Deployment waits for its Target to appear, and follows its settings. */
function targetSource(cache: Informers) {
  const map = deploymentsOn(cache.informer(deployments).store);
  return informerSource({
    name: 'targets',
    informer: cache.informer(targets),
    map,
    when: anyOf<Target>(generationChanged, lookChanged),
  });
}

function ecsOptions({ ecs: { endpoint } }: Settings) {
  return endpoint === undefined ? {} : { endpoint };
}

/** Undefined: every image may run. */
function signaturePolicy({ namespace, settings: { signatures } }: Pick<ControllersOptions, 'namespace' | 'settings'>) {
  const { trusted, publicKeys, require } = signatures;
  return require ? { namespace, secret: trusted, publicKeys } : undefined;
}

function signingOptions({ namespace, settings: { signatures } }: Pick<ControllersOptions, 'namespace' | 'settings'>) {
  const { trusted, untrusted } = signatures;
  return { namespace, keys: { ...(trusted && { Trusted: trusted }), ...(untrusted && { Untrusted: untrusted }) } };
}

function buildOptions({ builds, outbound }: Settings) {
  const { allow: exceptions, clusterRanges, apiServers } = outbound;
  return { ...builds, outbound: { exceptions, clusterRanges, apiServers } };
}
