import type { WriteOptions } from '../../../kube/client/client.ts';
import {
  type Client,
  type Informer,
  type Informers,
  ifPresent,
  isKubeError,
  KubeError,
  type KubeObject,
  type Resource,
  type Stored,
} from '../../../kube/index.ts';
import { type Pod, persistentVolumeClaims, pods, secrets } from '../../../objects/core.ts';
import { labels } from '../../../objects/labels.ts';
import { type Job, jobs } from '../../../objects/workloads.ts';
import type { BuildDriver, BuildPlan, BuildRef } from '../driver.ts';
import { progressOf } from '../progress/progress.ts';
import { claimFor, jobFor, secretFor } from './job.ts';
import { lastLines } from './log.ts';
import { claimNameOf, jobNameOf } from './names.ts';
import type { JobOptions } from './options.ts';

/** What lives in the build namespace, as caches show it. Secrets and claims by their metadata alone. */
export interface BuildNamespace {
  readonly jobs: Informer<Job>;
  readonly pods: Informer<Pod>;
  readonly secrets: Informer<KubeObject>;
  readonly claims: Informer<KubeObject>;
}

const byJob = 'build-job';
const jobNameLabel = 'batch.kubernetes.io/job-name';

export function watchBuildNamespace(cache: Informers, namespace: string): BuildNamespace {
  const scope = { namespace, labelSelector: labels.buildUid };
  const watched = {
    jobs: cache.informer(jobs, scope),
    pods: cache.informer(pods, scope),
    secrets: cache.metadataInformer(secrets, scope),
    claims: cache.metadataInformer(persistentVolumeClaims, { namespace, labelSelector: labels.projectUid }),
  };
  watched.pods.addIndex(byJob, ({ metadata }) => [metadata.labels?.[jobNameLabel] ?? '']);
  return watched;
}

interface JobDriverParts {
  readonly client: Pick<Client, 'create' | 'delete' | 'log'>;
  readonly seen: BuildNamespace;
  readonly options: JobOptions;
  /** Told of every Job that was made, so that its Build waits until the cache shows it. */
  readonly wrote: (plan: BuildPlan, job: Stored<Job>) => void;
}

/** Builds in Jobs with BuildKit. */
export function createJobDriver({ client, seen, options, wrote }: JobDriverParts): BuildDriver {
  const { namespace } = options;
  const removals = new Removals(client, namespace);
  const isolation = new Isolation(client);
  const has = (informer: Informer<KubeObject>, name: string) =>
    informer.store.get(`${namespace}/${name}`) !== undefined;
  return {
    start: async (plan, signal) => {
      const intent = jobFor(plan, options);
      await isolation.assure(intent, signal);
      const claim = has(seen.claims, claimNameOf(plan.projectUid)) ? undefined : claimFor(plan, options);
      if (claim) await create(client, persistentVolumeClaims, claim, { signal });
      const secret = secretFor(plan, options);
      if (secret) await create(client, secrets, secret, { signal });
      // Last: the pod waits for nothing, and a crash before leaves only what the next try or the sweep finds.
      const job = await create(client, jobs, intent, { signal });
      if (job) wrote(plan, job);
    },
    observe: (ref) => progressOf(seen.jobs.store.get(`${namespace}/${jobNameOf(ref)}`), podOf(seen, ref)),
    lastLines: (ref, stage, signal) => lastLines({ client, pod: podOf(seen, ref) }, stage, signal),
    cancel: (ref, signal) => removals.remove(jobs, seen.jobs, { name: jobNameOf(ref), signal }),
    cleanUp: (ref, signal) => removals.remove(secrets, seen.secrets, { name: jobNameOf(ref), signal }),
    busy: () => new Map(busyJobs(seen).map(ownersOf)),
  };
}

/** A cluster without user namespaces takes the field away without a word, and BuildKit would be privileged on the node. */
class Isolation {
  private isKnown = false;
  private readonly client: Pick<Client, 'create'>;

  constructor(client: Pick<Client, 'create'>) {
    this.client = client;
  }

  async assure(job: Job, signal: AbortSignal): Promise<void> {
    if (this.isKnown) return;
    const shown = await create(this.client, jobs, job, { signal, dryRun: true });
    // One from before a crash was looked at before it was made.
    if (shown === undefined) return;
    if (shown.spec?.template.spec?.hostUsers !== false) throw noUserNamespaces();
    this.isKnown = true;
  }
}

function noUserNamespaces(): KubeError {
  return new KubeError({
    code: 'Forbidden',
    attempted: 'give a build pod a user namespace',
    detail:
      'it leaves the field hostUsers out, and the root of the build would be root of the node; use Kubernetes 1.33 or newer, or switch the feature gate UserNamespacesSupport on',
  });
}

/** Deletes what a cache shows, and what it shows only for being late not a second time. */
class Removals {
  private readonly asked = new Map<string, string>();
  private readonly client: Pick<Client, 'delete'>;
  private readonly namespace: string;

  constructor(client: Pick<Client, 'delete'>, namespace: string) {
    this.client = client;
    this.namespace = namespace;
  }

  async remove<T extends KubeObject>(
    resource: Resource<T>,
    { store }: Pick<Informer<T>, 'store'>,
    { name, signal }: { name: string; signal: AbortSignal },
  ): Promise<void> {
    const { namespace } = this;
    const id = `${resource.plural}/${name}`;
    const metadata = store.get(`${namespace}/${name}`)?.metadata;
    if (metadata === undefined) return void this.asked.delete(id);
    if (metadata.deletionTimestamp !== undefined || this.asked.get(id) === metadata.uid) return;
    await remove(this.client, resource, { namespace, name }, signal);
    this.asked.set(id, metadata.uid);
    for (const oldest of this.asked.keys()) {
      if (this.asked.size <= maxAsked) break;
      this.asked.delete(oldest);
    }
  }
}

const maxAsked = 1000;

async function create<T extends KubeObject>(
  client: Pick<Client, 'create'>,
  resource: Resource<T>,
  object: T,
  options: Pick<WriteOptions, 'signal' | 'dryRun'>,
): Promise<Stored<T> | undefined> {
  try {
    return await client.create(resource, object, options);
  } catch (error) {
    // Names follow from the Build and the attempt: what is there is ours, from before a crash.
    if (isKubeError(error, 'AlreadyExists')) return undefined;
    throw error;
  }
}

export async function remove(
  client: Pick<Client, 'delete'>,
  resource: Resource,
  key: { namespace: string; name: string },
  signal: AbortSignal,
): Promise<void> {
  await ifPresent(client.delete(resource, key, { signal }));
}

function podOf({ pods }: BuildNamespace, ref: BuildRef): Pod | undefined {
  const all = pods.store.byIndex(byJob, jobNameOf(ref));
  return all.toSorted((a, b) => created(a).localeCompare(created(b))).at(-1);
}

function created({ metadata }: KubeObject): string {
  return metadata.creationTimestamp ?? '';
}

/** Jobs of which something runs or may begin to run. A pod that is told to end may still hold the Project's volume. */
function busyJobs({ jobs, pods }: BuildNamespace): (Job | Pod)[] {
  const withoutPod = jobs.store
    .list()
    .filter((job) => !hasEnded(job) && pods.store.byIndex(byJob, nameOf(job)).length === 0);
  return [...withoutPod, ...pods.store.list().filter((pod) => !isQuiet(pod))];
}

function nameOf({ metadata }: KubeObject): string {
  return metadata.name ?? '';
}

function hasEnded({ status }: Job): boolean {
  const ends = (status?.conditions ?? []).filter(({ type }) => type === 'Complete' || type === 'Failed');
  return ends.some(({ status: holds }) => holds === 'True');
}

/** The phase follows the containers' end by seconds; the volume is free as soon as they have ended. */
function isQuiet({ status }: Pod): boolean {
  if (status?.phase === 'Succeeded' || status?.phase === 'Failed') return true;
  const containers = status?.containerStatuses ?? [];
  return containers.length > 0 && containers.every(({ state }) => state?.terminated !== undefined);
}

function ownersOf({ metadata }: KubeObject): [string, string] {
  return [metadata.labels?.[labels.buildUid] ?? '', metadata.labels?.[labels.projectUid] ?? ''];
}
