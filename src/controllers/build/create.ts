import type { Build } from '../../crds/build/build.ts';
import {
  type BuildNamespace,
  type BuildNamespaces,
  eachOf,
  watchBuildNamespaces,
} from '../../images/driver/job/build-namespaces.ts';
import { createJobDriver } from '../../images/driver/job/create-driver.ts';
import { cacheFor } from '../../images/driver/job/options.ts';
import type { ConsistencyMetrics } from '../../kube/consistency/metrics.ts';
import type { Predicate } from '../../kube/controller/change.ts';
import {
  annotationsChanged,
  anyOf,
  type Client,
  Controller,
  type ControllerOptions,
  formatKey,
  generationChanged,
  type Informer,
  type Informers,
  informerSource,
  type KubeObject,
  type Runnable,
  StatusWriter,
  type Stored,
  WakeSource,
  WrittenVersions,
} from '../../kube/index.ts';
import { annotations } from '../../objects/labels.ts';
import { builds, projects } from '../../objects/vish.ts';
import { jobs } from '../../objects/workloads.ts';
import type { Outbound } from '../../outbound/outbound.ts';
import { ownedConditions } from './act.ts';
import { Admissions } from './admissions.ts';
import { linesInConfigMaps } from './last-lines.ts';
import type { BuildOptions } from './options.ts';
import { createReconcile } from './reconcile.ts';
import { createSigner, type SignerParts } from './signer.ts';
import { createSweeper } from './sweeper.ts';

export interface BuildControllerParts extends Pick<ControllerOptions, 'clock' | 'random' | 'log' | 'metrics'> {
  readonly client: Client;
  readonly informers: Informers;
  readonly outbound: Outbound;
  /** See Signer. */
  readonly signing: Pick<SignerParts, 'namespace' | 'keys'>;
  readonly consistency: ConsistencyMetrics;
  readonly options: BuildOptions;
}

export interface BuildController {
  readonly controller: Controller;
  readonly sweeper: Runnable;
}

const name = 'build';
const fieldManager = 'vish-build';

/** Builds become images. Wires the parts; runs nothing. */
export function createBuildController(parts: BuildControllerParts): BuildController {
  const { client, informers, clock, random, log, metrics, options } = parts;
  const watched = { builds: informers.informer(builds), projects: informers.informer(projects) };
  const seen = watchBuildNamespaces(informers, options);
  const written = writtenVersions(parts, watched.builds, seen);
  const driver = createJobDriver({
    client,
    seen,
    options,
    log,
    wrote: ({ build, uid }, job) => written.wrote({ key: formatKey(build), uid }, jobs, job),
  });
  const queue = new WakeSource('queue');
  const cached = cacheFor('Trusted', options) !== undefined;
  const admissions = new Admissions({ ...watched, driver, maxConcurrent: options.maxConcurrent, cached });
  const reconcile = createReconcile({
    ...parts,
    ...watched,
    seen,
    driver,
    lines: linesInConfigMaps(client),
    signer: createSigner({ ...parts, ...parts.signing }),
    admissions,
    status: new StatusWriter({ client, resource: builds, fieldManager, clock, ownedConditions }),
    wrote: (build) => written.wrote({ key: formatKey(build.metadata), uid: build.metadata.uid }, builds, build),
    wake: (key) => queue.wake(key),
  });
  const controller = new Controller({
    name,
    reconcile,
    clock,
    random,
    log,
    metrics,
    concurrency: 4,
    ready: (key) => written.ready(key),
    sources: [...sourcesOf(watched, seen), queue],
  });
  return { controller, sweeper: createSweeper({ client, ...watched, seen, clock, log }) };
}

interface Watched {
  readonly builds: Informer<Build>;
  readonly projects: ReturnType<Informers['informer']>;
}

function sourcesOf({ builds, projects }: Watched, seen: BuildNamespaces) {
  const ofProject = ({ metadata }: Stored<KubeObject>) => openBuildsOf(builds, metadata);
  return [
    // The status is ours, but its end opens a place in the queue and starts the clean-up.
    informerSource({
      name: 'builds',
      informer: builds,
      when: anyOf<Build>(generationChanged, annotationsChanged, vouched, ended),
    }),
    informerSource({ name: 'projects', informer: projects, map: ofProject, when: generationChanged }),
    ...eachOf(seen).flatMap(sourcesIn),
    informerSource({ name: 'claims', informer: seen.claims, map: () => [] }),
  ];
}

function sourcesIn({ name, jobs, pods, secrets }: BuildNamespace) {
  return [
    informerSource({ name: `jobs in ${name}`, informer: jobs, map: buildOf }),
    informerSource({ name: `pods in ${name}`, informer: pods, map: buildOf }),
    informerSource({ name: `secrets in ${name}`, informer: secrets, map: () => [] }),
  ];
}

const ended: Predicate<Build> = (change) =>
  change.type !== 'update' || change.old.status?.finishedAt !== change.object.status?.finishedAt;

/** By whoever made it, and by us. */
const vouched: Predicate<Build> = (change) =>
  change.type === 'update' && change.old.status?.trust !== change.object.status?.trust;

function openBuildsOf(builds: Informer<Build>, { namespace, name }: KubeObject['metadata']): string[] {
  const own = builds.store.list().filter(({ metadata, spec, status }) => {
    return metadata.namespace === namespace && spec.projectRef.name === name && status?.finishedAt === undefined;
  });
  return own.map(({ metadata }) => formatKey(metadata));
}

function buildOf({ metadata }: Stored<KubeObject>): string[] {
  const key = metadata.annotations?.[annotations.buildOf];
  return key === undefined ? [] : [key];
}

function writtenVersions(parts: BuildControllerParts, own: Informer<Build>, seen: BuildNamespaces) {
  const { clock, consistency, informers } = parts;
  return new WrittenVersions({
    controller: name,
    clock,
    metrics: consistency,
    // Only what shows every write of ours: an informer of another scope would have to wait for a bookmark.
    informersOf({ plural }, namespace) {
      if (plural === builds.plural) return informers.informersOf(builds, namespace);
      const places = plural === jobs.plural ? eachOf(seen) : [];
      return places.filter(({ name }) => name === namespace).map((place) => place.jobs);
    },
    ownerUid: (key) => own.store.get(key)?.metadata.uid,
  });
}
