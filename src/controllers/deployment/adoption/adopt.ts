import { createHash } from 'node:crypto';
import { inOrder } from '../../../kube/index.ts';
import { labels, manager } from '../../../objects/labels.ts';
import { type ControllerRevision, controllerRevisions } from '../../../objects/workloads.ts';
import type { Adoption, Found, Scope, Target } from '../../../targets/target.ts';
import type { Look } from '../look.ts';
import { Obstacle, orObstacle } from '../obstacle.ts';
import { createRevision } from '../release/make.ts';
import { type ReleaseContent, readRelease, type StoredRelease } from '../release/revision.ts';

/** A write that is not seen yet, and an apps/v1 that has not taken note; what shows it is not watched. */
const soonMs = 500;
/** How often it is asked whether somebody else runs the same pods. */
const checkMs = 30_000;

/** What became of an adoption in this look. */
export interface Adopted {
  /** Taken over just now, or before a crash: it is what serves. */
  readonly release?: StoredRelease;
  readonly lookAgainMs?: number;
}

/**
 * Takes over what `target.cluster.adopt` names, as the first release, before any other one is made. The revision is written
 * first and names the ReplicaSet, so that whatever is cut in the middle is found again. Throws an Obstacle until it is done.
 */
export async function adopted(look: Look, target: Target): Promise<Adopted> {
  const { adoption } = target;
  const { deployment, signal, log, releases } = look;
  if (adoption === undefined || deployment.spec.target.cluster?.adopt === undefined) return {};
  const scope: Scope = { deployment, memory: undefined, signal, log };
  const known = releases.find(({ cause }) => cause === 'Adoption');
  if (known !== undefined && !isServing(look, known)) {
    const runs = await soon(() => adoption.take(scope, known));
    // A status that was lost later, with the object or in a restore: what has made room for another release does not come back.
    return runs || releases.length === 1 ? { release: known, lookAgainMs: checkMs } : { lookAgainMs: checkMs };
  }
  if (releases.length === 0 && (await begin(look, adoption, scope)) === 'Begun') {
    throw new Obstacle('Adopting', 'What was found is being taken over.', { lookAgainMs: soonMs });
  }
  await orObstacle(() => adoption.check(scope));
  return { lookAgainMs: checkMs };
}

/** It stands in the status as soon as it was taken over. */
function isServing({ deployment: { status } }: Look, { number }: StoredRelease): boolean {
  return status?.history?.some((record) => record.number === number) === true && status.live !== undefined;
}

/** What it waits for passes in a moment, and nothing of it is watched. */
async function soon<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await orObstacle(work);
  } catch (error) {
    if (!(error instanceof Obstacle) || error.reason !== 'Adopting') throw error;
    throw new Obstacle(error.reason, error.message, { lookAgainMs: soonMs });
  }
}

async function begin(look: Look, adoption: Adoption, scope: Scope): Promise<'Begun' | 'Nothing'> {
  const found = await soon(() => adoption.find(scope));
  if (found === undefined) return 'Nothing';
  const revision = await createRevision(look, look.deployment, revisionOf(look, found));
  look.wrote(controllerRevisions, revision);
  if (readRelease(revision) !== undefined) return 'Begun';
  throw new Error(`read ControllerRevision ${revision.metadata.name}: it holds no release of this version`);
}

function revisionOf({ deployment }: Look, { id, image, podLabels, rendered }: Found): ControllerRevision {
  const { namespace = '', name: of } = deployment.metadata;
  const hash = createHash('sha256').update(`adopted ${id}`).digest('hex');
  const { scale: _, ...workload } = deployment.spec.workload;
  const none = { settings: '', configMaps: '', secrets: '', restartedAt: '' };
  const data: ReleaseContent = {
    hash,
    image,
    cause: 'Adoption',
    identity: { artifact: `adopted ${id}`, ...none },
    workload,
    configuration: [],
    podLabels,
    rendered,
  };
  const own = { [labels.deployment]: of, [labels.managedBy]: manager };
  return { metadata: { namespace, name: `${of}-${hash.slice(0, 10)}`, labels: own }, data: inOrder(data), revision: 1 };
}
