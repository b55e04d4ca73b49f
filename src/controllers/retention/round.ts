import type { Build } from '../../crds/build/build.ts';
import { wholeSeconds } from '../../crds/conditions/conditions.ts';
import type { Project } from '../../crds/project/project.ts';
import type { Deletion } from '../../images/registry/delete-image.ts';
import { RegistryError } from '../../images/registry/errors.ts';
import { type Client, isKubeError, type Logger } from '../../kube/index.ts';
import { annotations, imageDeleting } from '../../objects/labels.ts';
import { builds as buildResource } from '../../objects/vish.ts';
import type { Read } from '../../objects/wire.ts';
import type { Clock } from '../../seams/clock.ts';
import { candidatesOf, markedOnly, type Seen } from './candidates.ts';
import { type Step, stepFor } from './decide.ts';
import type { Outcome, RetentionMetrics } from './metrics.ts';

export interface RoundParts extends Seen {
  readonly client: Pick<Client, 'patch' | 'delete'>;
  /** Throws where the registry does not answer. */
  readonly deleteImage: (unused: Unused, signal: AbortSignal) => Promise<Deletion>;
  readonly metrics: RetentionMetrics;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Logger;
}

export interface Unused {
  readonly build: Read<Build>;
  readonly project: Read<Project>;
  /** Digests that stay. */
  readonly keep: readonly string[];
}

/** Of one Project in one round: the next one comes, and registries count requests. */
const mostDeletions = 10;

/** Brings every Build whose image nothing uses one step nearer to its end. */
export async function retentionRound(parts: RoundParts, signal: AbortSignal): Promise<void> {
  let waiting = 0;
  for (const project of parts.projects.store.list()) {
    // What the API server refuses of one says nothing of the next.
    waiting += await projectRound(parts, project, signal).catch((error: unknown) => {
      signal.throwIfAborted();
      const { namespace = '', name } = project.metadata;
      parts.log.warn(
        { err: error, project: `${namespace}/${name}` },
        'Could not look at the unused images of a Project',
      );
      return 0;
    });
  }
  parts.metrics.wait(waiting);
}

/** How many images are unused and stay for now. */
async function projectRound(parts: RoundParts, project: Read<Project>, signal: AbortSignal): Promise<number> {
  const { unused: policy = 'Keep' } = project.spec.image;
  const candidates = policy === 'Keep' ? markedOnly(parts, project) : candidatesOf(parts, project);
  const now = parts.clock.now();
  const steps = candidates.map(({ build, isUnused, keep }) => {
    return { build, keep, step: stepFor({ build, isUnused, policy, now }) };
  });
  for (const { build, step } of steps) {
    if (step === 'mark') await annotate(parts, build, wholeSeconds(new Date(now)), signal);
    if (step === 'unmark') await annotate(parts, build, null, signal);
    if (step === 'forget') await removeBuild(parts, build, signal);
  }
  let gone = 0;
  for (const { build, keep } of nextToGo(steps)) {
    const end = await retire(parts, { build, keep, project }, signal);
    // A registry that is away would let every further one wait for its deadline.
    if (end === 'Away') break;
    if (end === 'Gone') gone += 1;
  }
  return steps.filter(({ step }) => step !== 'unmark' && step !== 'forget').length - gone;
}

/** Those first that were not tried yet: what a registry refuses for good would take all the places otherwise. */
function nextToGo<T extends { step: Step; build: Read<Build> }>(steps: readonly T[]): T[] {
  const due = steps.filter(({ step }) => step === 'delete');
  const [tried, fresh] = [due.filter(({ build }) => isGoing(build)), due.filter(({ build }) => !isGoing(build))];
  return [...fresh, ...tried].slice(0, mostDeletions);
}

function isGoing({ metadata }: Read<Build>): boolean {
  return metadata.annotations?.[annotations.unusedSince] === imageDeleting;
}

/** `Gone`: the Build, and its image where it could be. `Away`: the registry. */
async function retire(parts: RoundParts, unused: Unused, signal: AbortSignal): Promise<'Gone' | 'Refused' | 'Away'> {
  const { build } = unused;
  // From here on no Deployment takes it; one that has just done so has changed the Build, and the write is refused.
  if (!(await annotate(parts, build, imageDeleting, signal))) return 'Gone';
  const outcome = await deletionOf(parts, unused, signal);
  parts.metrics.end(outcome === 'Refused' || outcome === 'Away' ? 'Failed' : outcome);
  if (outcome === 'Refused' || outcome === 'Away') return outcome;
  await removeBuild(parts, build, signal);
  const { namespace = '', name } = build.metadata;
  const { image } = build.status ?? {};
  parts.log.info({ build: `${namespace}/${name}`, image, outcome }, 'Removed a Build whose image nothing used');
  return 'Gone';
}

function removeBuild({ client }: RoundParts, { metadata }: Read<Build>, signal: AbortSignal): Promise<boolean> {
  const { namespace = '', name, uid } = metadata;
  return ignoringChange(client.delete(buildResource, { namespace, name }, { preconditions: { uid }, signal }));
}

async function deletionOf(
  parts: RoundParts,
  unused: Unused,
  signal: AbortSignal,
): Promise<Exclude<Outcome, 'Failed'> | 'Refused' | 'Away'> {
  if (unused.build.status?.image === undefined) return 'Deleted';
  try {
    const deletion = await parts.deleteImage(unused, signal);
    return outcomes[deletion];
  } catch (error) {
    signal.throwIfAborted();
    const { namespace = '', name } = unused.build.metadata;
    parts.log.warn({ err: error, build: `${namespace}/${name}` }, 'Could not delete an image that nothing uses');
    return error instanceof RegistryError && !error.retryable ? 'Refused' : 'Away';
  }
}

const outcomes: Readonly<Record<Deletion, Exclude<Outcome, 'Failed'>>> = {
  deleted: 'Deleted',
  absent: 'Deleted',
  kept: 'Kept',
  unsupported: 'Unsupported',
};

/** False when the Build has changed since: the next round looks again. */
async function annotate(
  { client }: RoundParts,
  build: Read<Build>,
  value: string | null,
  signal: AbortSignal,
): Promise<boolean> {
  const { namespace = '', name, uid, resourceVersion } = build.metadata;
  if (build.metadata.annotations?.[annotations.unusedSince] === value) return true;
  const metadata = { uid, resourceVersion, annotations: { [annotations.unusedSince]: value } };
  const patch = client.patch(buildResource, { namespace, name }, { metadata }, { type: 'merge', signal });
  return ignoringChange(patch);
}

async function ignoringChange(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (isKubeError(error, 'NotFound') || isKubeError(error, 'Conflict')) return false;
    throw error;
  }
}
