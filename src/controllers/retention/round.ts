import type { Build } from '../../crds/build/build.ts';
import { wholeSeconds } from '../../crds/conditions/conditions.ts';
import type { Deployment } from '../../crds/deployment/deployment.ts';
import type { Project } from '../../crds/project/project.ts';
import type { Deletion } from '../../images/registry/delete-image.ts';
import { placeOf } from '../../images/registry/reference.ts';
import { type Client, type Informer, isKubeError, type Logger } from '../../kube/index.ts';
import { annotations, imageDeleting } from '../../objects/labels.ts';
import { builds as buildResource } from '../../objects/vish.ts';
import type { Read } from '../../objects/wire.ts';
import type { ControllerRevision } from '../../objects/workloads.ts';
import type { Clock } from '../../seams/clock.ts';
import { endedSurplus } from '../deployment/artifact/surplus.ts';
import { stepFor } from './decide.ts';
import { type InUse, inUse } from './in-use.ts';
import type { Outcome, RetentionMetrics } from './metrics.ts';

export interface RoundParts {
  readonly client: Pick<Client, 'patch' | 'delete'>;
  readonly builds: Pick<Informer<Build>, 'store'>;
  readonly deployments: Pick<Informer<Deployment>, 'store'>;
  readonly projects: Pick<Informer<Project>, 'store'>;
  readonly revisions: Pick<Informer<ControllerRevision>, 'store'>;
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
  for (const { build, keep } of steps.filter(({ step }) => step === 'delete').slice(0, mostDeletions)) {
    // A registry that fails once would let every further one wait for its deadline.
    if (!(await retire(parts, { build, keep, project }, signal))) break;
    gone += 1;
  }
  return steps.filter(({ step }) => step !== 'unmark' && step !== 'forget').length - gone;
}

interface Candidate {
  readonly build: Read<Build>;
  readonly isUnused: boolean;
  readonly keep: readonly string[];
}

function markedOnly({ builds }: RoundParts, { metadata: { uid } }: Read<Project>): Candidate[] {
  const marked = builds.store.byIndex('owner', uid).filter(isMarked);
  return marked.map((build) => ({ build, isUnused: false, keep: [] }));
}

/** The Builds beyond the limit, oldest last, and those with a mark. */
function candidatesOf({ builds, deployments, projects, revisions }: RoundParts, project: Read<Project>): Candidate[] {
  const own = builds.store.byIndex('owner', project.metadata.uid);
  const surplus = new Set(endedSurplus(project, { builds, deployments }, Number.POSITIVE_INFINITY));
  const uids = new Set([...surplus].map(({ metadata }) => metadata.uid));
  const used = inUse(
    { deployments: deployments.store, projects: projects.store, revisions: revisions.store, builds: builds.store },
    uids,
  );
  // A copy that runs elsewhere may be pulled through from here.
  const copied = own.flatMap(({ status }) => (used.has(status?.digest ?? '') ? [status?.digest ?? ''] : []));
  return own
    .filter((build) => surplus.has(build) || isMarked(build))
    .map((build) => ({ build, isUnused: surplus.has(build) && !used.has(build.status?.digest ?? '') }))
    .filter(({ build, isUnused }) => isUnused || isMarked(build))
    .map((each) => ({ ...each, keep: keptBeside(each.build, used, copied) }));
}

/** Images of other Projects too: parts of an index may be theirs. */
function keptBeside({ status }: Read<Build>, used: InUse, copied: readonly string[]): string[] {
  const place = placeOf(status?.image ?? '');
  return [...new Set([...copied, ...(place === undefined ? [] : used.at(place))])];
}

function isMarked({ metadata }: Read<Build>): boolean {
  return metadata.annotations?.[annotations.unusedSince] !== undefined;
}

/** True when the Build is gone, and its image where it could be. */
async function retire(parts: RoundParts, unused: Unused, signal: AbortSignal): Promise<boolean> {
  const { build } = unused;
  // From here on no Deployment takes it; one that has just done so has changed the Build, and the write is refused.
  if (!(await annotate(parts, build, imageDeleting, signal))) return true;
  const outcome = await deletionOf(parts, unused, signal);
  parts.metrics.end(outcome);
  if (outcome === 'Failed') return false;
  await removeBuild(parts, build, signal);
  const { namespace = '', name } = build.metadata;
  const { image } = build.status ?? {};
  parts.log.info({ build: `${namespace}/${name}`, image, outcome }, 'Removed a Build whose image nothing used');
  return true;
}

function removeBuild({ client }: RoundParts, { metadata }: Read<Build>, signal: AbortSignal): Promise<boolean> {
  const { namespace = '', name, uid } = metadata;
  return ignoringChange(client.delete(buildResource, { namespace, name }, { preconditions: { uid }, signal }));
}

async function deletionOf(parts: RoundParts, unused: Unused, signal: AbortSignal): Promise<Outcome> {
  if (unused.build.status?.image === undefined) return 'Deleted';
  try {
    const deletion = await parts.deleteImage(unused, signal);
    return outcomes[deletion];
  } catch (error) {
    signal.throwIfAborted();
    const { namespace = '', name } = unused.build.metadata;
    parts.log.warn({ err: error, build: `${namespace}/${name}` }, 'Could not delete an image that nothing uses');
    return 'Failed';
  }
}

const outcomes: Readonly<Record<Deletion, Outcome>> = {
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
