import type { Registry } from 'prom-client';
import { credentialsFor } from '../../images/registry/credentials.ts';
import { deleteImage } from '../../images/registry/delete-image.ts';
import { parseImage } from '../../images/registry/reference.ts';
import { Repository } from '../../images/registry/repository.ts';
import { type Client, type Informers, ifPresent, type Logger, type Runnable } from '../../kube/index.ts';
import { secrets } from '../../objects/core.ts';
import { builds, deployments, projects } from '../../objects/vish.ts';
import { controllerRevisions } from '../../objects/workloads.ts';
import type { Outbound } from '../../outbound/outbound.ts';
import { type Clock, sleep } from '../../seams/clock.ts';
import { ownLoginOf, repositoryOf, trustOf } from '../build/trust.ts';
import { RetentionMetrics } from './metrics.ts';
import { type RoundParts, retentionRound, type Unused } from './round.ts';

export interface RetentionParts {
  readonly client: Client;
  readonly informers: Pick<Informers, 'informer'>;
  readonly outbound: Outbound;
  readonly clock: Clock;
  readonly log: Logger;
  readonly registry: Registry;
}

const everyMs = 10 * 60_000;
/** A registry that hangs keeps the images of other Projects waiting no longer than this. */
const imageMs = 2 * 60_000;

/** Deletes images that nothing uses, where their Project says so. In the leader alone. */
export function createRetention(parts: RetentionParts): Runnable {
  const { informers, clock, log } = parts;
  const watched = {
    builds: informers.informer(builds),
    deployments: informers.informer(deployments),
    projects: informers.informer(projects),
    revisions: informers.informer(controllerRevisions),
  };
  const metrics = new RetentionMetrics(parts.registry);
  const round: RoundParts = { ...parts, ...watched, metrics, deleteImage: deletions(parts) };
  return {
    name: 'image retention',
    needsLeadership: true,
    start: async (signal) => {
      try {
        // What is not in the caches yet would look as if nothing used it.
        await Promise.all(Object.values(watched).map((informer) => informer.waitForSync(signal)));
        for (;;) {
          await sleep(clock, everyMs, signal);
          await retentionRound(round, signal).catch((error: unknown) => {
            signal.throwIfAborted();
            log.warn({ err: error }, 'Could not look at all images that nothing uses');
          });
        }
      } catch (error) {
        if (!signal.aborted) throw error;
      }
    },
  };
}

function deletions({ client, outbound, clock }: RetentionParts): RoundParts['deleteImage'] {
  return async ({ build, project, keep }: Unused, signal) => {
    const { host, repository, digest = '' } = parseImage(build.status?.image ?? '');
    const place = parseImage(repositoryOf(project, trustOf(build)));
    // The Project has another repository by now, and the login is for that one.
    if (place.host !== host || place.repository !== repository) return 'kept';
    const { namespace = '' } = project.metadata;
    const name = ownLoginOf(project, trustOf(build));
    const login =
      name === undefined ? undefined : await ifPresent(client.get(secrets, { namespace, name }, { signal }));
    const credentials = login && credentialsFor(place, login);
    const late = new AbortController();
    const timer = clock.setTimeout(() => late.abort(new Error(`it took longer than ${imageMs / 1000} s`)), imageMs);
    try {
      const limit = AbortSignal.any([signal, late.signal]);
      const at = new Repository({ ...place, outbound, clock, credentials, access: 'delete', signal: limit });
      return await deleteImage(at, { digest, keep, isOurs: (tag) => /^[0-9a-f]{40,64}$/.test(tag) });
    } finally {
      clock.clearTimeout(timer);
    }
  };
}
