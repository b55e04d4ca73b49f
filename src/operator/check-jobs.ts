import type { Reading, RunJob } from '../checks/measure.ts';
import type { Client, Informers } from '../kube/index.ts';
import { deployments } from '../objects/vish.ts';
import type { Clock } from '../seams/clock.ts';
import type { Ending } from '../targets/cluster/commands/ending.ts';
import { commandInformers } from '../targets/cluster/commands/informers.ts';
import { runCheckJob } from '../targets/cluster/commands/run-check.ts';

export interface CheckJobsOptions {
  readonly client: Client;
  readonly cache: Informers;
  readonly clock: Clock;
}

/** Jobs of checks, where the release runs in this cluster. */
export function checkJobs({ client, cache, clock }: CheckJobsOptions): RunJob {
  const { store } = cache.informer(deployments);
  const informers = commandInformers(cache);
  return async ({ check, job: { command, image }, seconds, subject, signal }) => {
    const { namespace, name, stored: release, due } = subject;
    const deployment = store.get(`${namespace}/${name}`);
    if (deployment?.spec.target.cluster === undefined) return noData('Jobs are run only for releases in this cluster.');
    const request = { deployment, release, check, due, command, image, seconds, signal };
    return readingOf(await runCheckJob({ client, clock, informers }, request));
  };
}

/** What could not be started, or was not done in time, says nothing about the release. */
function readingOf({ outcome, ran, message }: Ending): Reading {
  if (outcome === 'Passed') return { verdict: 'Passed', value: '0', message: 'Its command ended with exit code 0.' };
  if (outcome === 'Failed' && ran) return { verdict: 'Failed', message };
  return noData(message === '' ? 'Its command has not begun in its time.' : message);
}

function noData(message: string): Reading {
  return { verdict: 'NoData', message };
}
