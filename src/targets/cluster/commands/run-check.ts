import type { Deployment } from '../../../crds/deployment/deployment.ts';
import { type Client, ifPresent, isControlledBy, isKubeError, keyOf, type Stored } from '../../../kube/index.ts';
import { type Job, jobs } from '../../../objects/workloads.ts';
import type { Release } from '../../../rollout/release.ts';
import { type Clock, sleep } from '../../../seams/clock.ts';
import { type CheckRun, checkJobFor } from './check-job.ts';
import { type Ending, endingOf, hasEnded } from './ending.ts';
import { type CommandInformers, podsOfJob } from './informers.ts';

export interface CheckJobsOptions {
  readonly client: Pick<Client, 'get' | 'create' | 'delete'>;
  readonly clock: Clock;
  readonly informers: CommandInformers;
}

export interface CheckJobRequest extends CheckRun {
  readonly deployment: Deployment;
  readonly release: Release;
  readonly signal: AbortSignal;
}

/** How often the caches are looked at; nothing is asked of the API server meanwhile. */
const everyMs = 250;
/** Beyond its own deadline: for the API server to see that it has passed, and for the caches. */
const graceMs = 15_000;

/** Runs the command of a check once, to its end. Given up by `signal`, or after its time, what is left of it is ended. */
export async function runCheckJob(options: CheckJobsOptions, request: CheckJobRequest): Promise<Ending> {
  const { deployment, release } = request;
  const intent = checkJobFor(deployment, release, request);
  const job = await findOrMake(options, intent, release);
  if (job === undefined) return { ...silent, message: `Job ${intent.metadata.name} belongs to somebody else.` };
  try {
    return await follow(options, job, request);
  } finally {
    await remove(options, job);
  }
}

const silent: Ending = { outcome: 'Running', message: '', ran: false };

/** Not given up in its middle: what the server has made then would stay, and nobody would know of it. */
async function findOrMake(
  { client }: CheckJobsOptions,
  intent: Job,
  release: Release,
): Promise<Stored<Job> | undefined> {
  try {
    return await client.create(jobs, intent);
  } catch (error) {
    if (!isKubeError(error, 'AlreadyExists')) throw error;
    const { namespace = '', name = '' } = intent.metadata;
    const existing = await client.get(jobs, { namespace, name });
    return isControlledBy(existing, { metadata: release }) ? existing : undefined;
  }
}

async function follow(
  { clock, informers }: CheckJobsOptions,
  made: Stored<Job>,
  { seconds, signal }: CheckJobRequest,
): Promise<Ending> {
  const until = clock.monotonic() + seconds * 1000 + graceMs;
  const look = () => {
    const job = informers.jobs.store.get(keyOf(made));
    const seen = job?.metadata.uid === made.metadata.uid ? job : made;
    return { isOver: hasEnded(seen), ending: endingOf(seen, podsOfJob(informers, seen), clock.now()) };
  };
  while (!look().isOver && clock.monotonic() < until) await sleep(clock, everyMs, signal);
  return look().ending;
}

/** Also when nobody waits for it any more; the cluster takes one away that this misses. */
async function remove({ client }: CheckJobsOptions, { metadata }: Stored<Job>): Promise<void> {
  const { namespace = '', name, uid } = metadata;
  await ifPresent(client.delete(jobs, { namespace, name }, { preconditions: { uid } }));
}
