import type { WriteOptions } from '../../../kube/client/client.ts';
import {
  type Client,
  type Informer,
  ifPresent,
  isKubeError,
  KubeError,
  type KubeObject,
  type Resource,
  type Stored,
} from '../../../kube/index.ts';
import { type Pod, persistentVolumeClaims, secrets } from '../../../objects/core.ts';
import { type Job, jobs } from '../../../objects/workloads.ts';
import type { BuildDriver, BuildPlan, BuildRef } from '../driver.ts';
import { progressOf } from '../progress/progress.ts';
import { type BuildNamespace, type BuildNamespaces, byJob } from './build-namespaces.ts';
import { busyBuilds } from './busy.ts';
import { claimFor, jobFor, secretFor } from './job.ts';
import { lastLines } from './log.ts';
import { jobNameOf } from './names.ts';
import type { JobOptions } from './options.ts';

interface JobDriverParts {
  readonly client: Pick<Client, 'create' | 'delete' | 'log'>;
  readonly seen: BuildNamespaces;
  readonly options: JobOptions;
  /** Told of every Job that was made, so that its Build waits until the cache shows it. */
  readonly wrote: (plan: BuildPlan, job: Stored<Job>) => void;
}

/** Builds in Jobs with BuildKit. What a build has lies in the namespace of its trust level, and nothing is looked for elsewhere. */
export function createJobDriver({ client, seen, options, wrote }: JobDriverParts): BuildDriver {
  const removals = new Removals(client);
  const isolation = new Isolation(client);
  return {
    start: async (plan, signal) => {
      const intent = jobFor(plan, options);
      await isolation.assure(intent, signal);
      const claim = claimFor(plan, options);
      if (claim && !has(seen.claims, claim)) await create(client, persistentVolumeClaims, claim, { signal });
      const secret = secretFor(plan, options);
      if (secret) await create(client, secrets, secret, { signal });
      // Last: the pod waits for nothing, and a crash before leaves only what the next try or the sweep finds.
      const job = await create(client, jobs, intent, { signal });
      if (job) wrote(plan, job);
    },
    observe: (ref) => progressOf(jobOf(seen[ref.trust], ref), podOf(seen[ref.trust], ref)),
    lastLines: (ref, stage, signal) => lastLines({ client, pod: podOf(seen[ref.trust], ref) }, stage, signal),
    cancel: (ref, signal) => removals.remove(jobs, seen[ref.trust].jobs, { ...keyIn(seen, ref), signal }),
    cleanUp: (ref, signal) => removals.remove(secrets, seen[ref.trust].secrets, { ...keyIn(seen, ref), signal }),
    busy: () => busyBuilds(seen),
  };
}

function keyIn(seen: BuildNamespaces, ref: BuildRef) {
  return { namespace: seen[ref.trust].name, name: jobNameOf(ref) };
}

function has({ store }: Informer<KubeObject>, { metadata }: KubeObject): boolean {
  return store.get(`${metadata.namespace}/${metadata.name}`) !== undefined;
}

/** A cluster without user namespaces takes the field away without a word, and BuildKit would be privileged on the node. */
class Isolation {
  private isKnown = false;
  private readonly client: Pick<Client, 'create'>;

  constructor(client: Pick<Client, 'create'>) {
    this.client = client;
  }

  async assure(job: Job, signal: AbortSignal): Promise<void> {
    if (this.isKnown || job.spec?.template.spec?.hostUsers === undefined) return;
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

interface Removal {
  readonly namespace: string;
  readonly name: string;
  readonly signal: AbortSignal;
}

/** Deletes what a cache shows, and what it shows only for being late not a second time. */
class Removals {
  private readonly asked = new Map<string, string>();
  private readonly client: Pick<Client, 'delete'>;

  constructor(client: Pick<Client, 'delete'>) {
    this.client = client;
  }

  async remove<T extends KubeObject>(
    resource: Resource<T>,
    { store }: Pick<Informer<T>, 'store'>,
    { namespace, name, signal }: Removal,
  ): Promise<void> {
    const id = `${resource.plural} ${namespace}/${name}`;
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

function jobOf({ name, jobs }: BuildNamespace, ref: BuildRef): Job | undefined {
  return jobs.store.get(`${name}/${jobNameOf(ref)}`);
}

function podOf({ pods }: BuildNamespace, ref: BuildRef): Pod | undefined {
  const all = pods.store.byIndex(byJob, jobNameOf(ref));
  return all.toSorted((a, b) => created(a).localeCompare(created(b))).at(-1);
}

function created({ metadata }: KubeObject): string {
  return metadata.creationTimestamp ?? '';
}
