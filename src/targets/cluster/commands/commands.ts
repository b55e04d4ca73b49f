import { type Client, ifPresent, isControlledBy, isKubeError, keyOf, type Stored } from '../../../kube/index.ts';
import { annotations, labels } from '../../../objects/labels.ts';
import { type Job, jobs } from '../../../objects/workloads.ts';
import type { HookReport } from '../../../rollout/engine/state.ts';
import type { Clock } from '../../../seams/clock.ts';
import type { Command, Commands } from '../../commands.ts';
import type { Scope } from '../../target.ts';
import { foreign } from '../children/child.ts';
import { endingOf, hasEnded } from './ending.ts';
import { type CommandInformers, jobsOf, podsOfJob } from './informers.ts';
import { hookJobFor, jobNameOf } from './job.ts';
import { keepSchedules, type SchedulesOptions } from './schedules.ts';

export interface CommandsOptions {
  readonly client: Pick<Client, 'get' | 'create' | 'delete'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly informers: CommandInformers;
  readonly schedules: SchedulesOptions;
}

const hooks: ReadonlySet<string> = new Set(['before', 'after']);

/**
 * Runs commands as Jobs. What it writes is not waited for: Jobs are watched in two scopes, and the other one would show a
 * write of ours a minute late. A cache that is late costs a request that changes nothing.
 */
export function createCommands(options: CommandsOptions): Commands {
  return {
    run: (scope, wanted) => run(options, scope, wanted),
    schedule: (scope, wanted) => keepSchedules(options.schedules, scope, wanted),
  };
}

async function run(options: CommandsOptions, scope: Scope, wanted: readonly Command[]): Promise<HookReport[]> {
  const { informers } = options;
  if (!informers.jobs.hasSynced() || !informers.pods.hasSynced()) return [];
  const standing = jobsOf(informers, keyOf(scope.deployment)).filter(({ metadata }) =>
    hooks.has(metadata.labels?.[labels.command] ?? ''),
  );
  const unwanted = standing.filter((job) => isInTheWay(job, wanted));
  for (const job of unwanted) await end(options, scope, job);
  const reports: HookReport[] = [];
  for (const command of wanted) reports.push(await follow(options, scope, { command, unwanted }));
  return reports;
}

/** One that nobody waits for any more, or the try before. What ended under another name stays, for its log. */
function isInTheWay(job: Stored<Job>, wanted: readonly Command[]): boolean {
  const command = wanted.find(({ release, hook }) => jobNameOf(release, hook) === job.metadata.name);
  return command === undefined ? !hasEnded(job) : !isTryOf(job, command);
}

function isTryOf(job: Stored<Job>, { release, attempt }: Command): boolean {
  const { metadata } = job;
  return (
    isControlledBy(job, { metadata: release }) &&
    metadata.deletionTimestamp === undefined &&
    metadata.annotations?.[annotations.attempt] === attempt
  );
}

/** In the foreground: the Job is gone when its pods are, and no other command begins before that. */
async function end({ client }: CommandsOptions, { signal }: Scope, job: Stored<Job>) {
  const { namespace = '', name, uid, deletionTimestamp } = job.metadata;
  if (deletionTimestamp !== undefined) return;
  await ifPresent(
    client.delete(jobs, { namespace, name }, { preconditions: { uid }, propagation: 'Foreground', signal }),
  );
}

interface Turn {
  readonly command: Command;
  readonly unwanted: readonly Stored<Job>[];
}

async function follow(options: CommandsOptions, scope: Scope, { command, unwanted }: Turn): Promise<HookReport> {
  const { release, hook, attempt, mayBegin } = command;
  const of = { release: release.number, hook, attempt };
  const { namespace = '' } = scope.deployment.metadata;
  const name = jobNameOf(release, hook);
  const job = options.informers.jobs.store.get(keyOf({ metadata: { namespace, name } }));
  if (job !== undefined && isTryOf(job, command)) {
    const { outcome, message } = endingOf(job, podsOfJob(options.informers, job), options.clock.now());
    return { ...of, outcome, message };
  }
  const [other] = unwanted;
  if (other !== undefined) {
    return { ...of, outcome: 'Running', message: `It waits until Job ${other.metadata.name} has ended.` };
  }
  if (!mayBegin) return { ...of, outcome: 'Running', message: 'It has not begun.' };
  await begin(options, scope, command);
  return { ...of, outcome: 'Running', message: '' };
}

async function begin({ client }: CommandsOptions, { deployment, signal }: Scope, command: Command) {
  const { release, hook } = command;
  const name = jobNameOf(release, hook);
  try {
    await client.create(jobs, hookJobFor(deployment, command), { signal });
  } catch (error) {
    if (!isKubeError(error, 'AlreadyExists')) throw error;
    const { namespace = '' } = deployment.metadata;
    const existing = await client.get(jobs, { namespace, name }, { signal });
    // Named after the release, for the words of whose owner was deleted.
    const named = { ...existing, metadata: { ...existing.metadata, name: release.name } };
    const isFound = existing.metadata.labels?.[labels.commandOf] !== undefined;
    if (!isFound || !isControlledBy(existing, { metadata: release })) throw foreign(`Job ${name}`, named);
  }
}
