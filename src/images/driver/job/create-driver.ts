import {
  type Client,
  type Informer,
  ifPresent,
  type KubeObject,
  type Logger,
  type Resource,
  type Stored,
} from '../../../kube/index.ts';
import { type Pod, persistentVolumeClaims, secrets } from '../../../objects/core.ts';
import { type Job, jobs } from '../../../objects/workloads.ts';
import type { BuildDriver, BuildPlan, BuildRef } from '../driver.ts';
import { progressOf } from '../progress/progress.ts';
import { type BuildNamespace, type BuildNamespaces, byJob } from './build-namespaces.ts';
import { busyBuilds } from './busy.ts';
import { create } from './create.ts';
import { Isolation } from './isolation.ts';
import { claimFor, jobFor, secretFor } from './job.ts';
import { lastLines } from './log.ts';
import { jobNameOf } from './names.ts';
import type { JobOptions } from './options.ts';

interface JobDriverParts {
  readonly client: Pick<Client, 'create' | 'delete' | 'log'>;
  readonly seen: BuildNamespaces;
  readonly options: JobOptions;
  readonly log: Logger;
  /** Told of every Job that was made, so that its Build waits until the cache shows it. */
  readonly wrote: (plan: BuildPlan, job: Stored<Job>) => void;
}

/** Builds in Jobs with BuildKit. What a build has lies in the namespace of its trust level, and nothing is looked for elsewhere. */
export function createJobDriver({ client, seen, options, wrote, log }: JobDriverParts): BuildDriver {
  const removals = new Removals(client);
  const isolation = new Isolation({ client, options, log });
  return {
    start: async (plan, signal) => {
      const rootless = await isolation.isRootless(plan, signal);
      const intent = jobFor(plan, { ...options, rootless });
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
