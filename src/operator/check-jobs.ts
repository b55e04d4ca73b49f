import type { Reading, RunJob } from '../checks/measure.ts';
import type { AdmitImage } from '../controllers/deployment/adapters/check-image.ts';
import { findingOf } from '../controllers/deployment/obstacle.ts';
import type { ImageRequest } from '../controllers/deployment/ports.ts';
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
  readonly admitImage: AdmitImage;
}

/** Jobs of checks, where the release runs in this cluster. */
export function checkJobs({ client, cache, clock, admitImage }: CheckJobsOptions): RunJob {
  const { store } = cache.informer(deployments);
  const informers = commandInformers(cache);
  return async ({ check, job: { command, image }, seconds, subject, signal }) => {
    const { namespace, name, stored: release, due } = subject;
    const deployment = store.get(`${namespace}/${name}`);
    if (deployment?.spec.target.cluster === undefined) return noData('Jobs are run only for releases in this cluster.');
    const admitted = await admission(admitImage, image, { deployment, signal });
    if ('problem' in admitted) return noData(admitted.problem);
    const request = { deployment, release, check, due, command, ...admitted, seconds, signal };
    return readingOf(await runCheckJob({ client, clock, informers }, request));
  };
}

/** A refusal is what the check has to tell; every other error is tried again. */
async function admission(
  admit: AdmitImage,
  image: string | undefined,
  request: ImageRequest,
): Promise<{ readonly image: string | undefined } | { readonly problem: string }> {
  try {
    return { image: image && (await admit(image, request)) };
  } catch (error) {
    const { message } = findingOf(error) ?? {};
    if (message === undefined) throw error;
    return { problem: message };
  }
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
