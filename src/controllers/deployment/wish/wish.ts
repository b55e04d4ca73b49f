import type { Build } from '../../../crds/build/build.ts';
import type { DeploymentStatus } from '../../../crds/deployment/status.ts';
import type { Read } from '../../../objects/wire.ts';
import type { Finding } from '../../../rollout/engine/state.ts';
import type { Target } from '../../../targets/target.ts';
import { adopted } from '../adoption/adopt.ts';
import { artifactOf, findOrMakeBuild, removeForRetry } from '../artifact/artifact.ts';
import { refuseLostChecks } from '../checks/named.ts';
import { secretPollMs } from '../configuration/configuration.ts';
import { makeCopies } from '../configuration/copies.ts';
import { askHandOver } from '../hand-over/ask.ts';
import type { Look } from '../look.ts';
import { Obstacle, obstacleOf, orObstacle } from '../obstacle.ts';
import type { Artifact } from '../release/identity.ts';
import { findOrMake } from '../release/make.ts';
import type { StoredRelease } from '../release/revision.ts';
import { holdOf } from './hold.ts';
import { type Membership, membershipOf } from './project.ts';

/** What is found out on the way to the wanted release; the status tells it even when the way ends early. */
export interface Wish {
  wanted?: StoredRelease;
  /** Was taken over and serves, though no status says so yet. */
  adopted?: StoredRelease;
  obstacle?: Finding;
  /** What is to be handed over from the next look on. */
  handOver?: NonNullable<DeploymentStatus['handOver']>;
  /** Why newer releases are held back. */
  hold?: string;
  observedCommit?: string;
  /** Why the source could not be read just now. */
  unsynced?: Finding | undefined;
  build?: Read<Build>;
  /** When to look again though nothing changes. */
  lookAgainMs?: number;
}

/** Which release is to serve. Each part either comes to its end or names the obstacle. */
export async function wishOf(look: Look, target: Target, status: DeploymentStatus): Promise<Wish> {
  const wish: Wish = {};
  try {
    const wanted = await wantedRelease(look, target, { wish, status });
    if (wanted !== undefined) wish.wanted = wanted;
  } catch (error) {
    const obstacle = obstacleOf(error);
    if (obstacle === undefined) throw error;
    wish.obstacle = obstacle.finding;
    lookAgain(wish, obstacle.lookAgainMs);
  }
  return wish;
}

interface Memory {
  readonly wish: Wish;
  readonly status: DeploymentStatus;
}

async function wantedRelease(look: Look, target: Target, memory: Memory): Promise<StoredRelease | undefined> {
  const { deployment } = look;
  await askHandOver(look, target, memory.wish);
  const hold = holdOf(deployment.spec, memory.status.pinned);
  if (hold === undefined) return newestRelease(look, target, memory);
  memory.wish.hold = hold.why;
  const { release: number } = hold;
  const release = look.releases.find((each) => each.number === number);
  if (number !== undefined && release === undefined) throw notInHistory(look, number);
  await noteNewest(look, memory);
  return release;
}

/** While releases are held back nothing is built, but people see what waits. */
async function noteNewest(look: Look, memory: Memory): Promise<void> {
  if (look.deployment.spec.projectRef === undefined) return;
  try {
    await newestCommit(look, membershipOf(look.deployment, look.stores), memory.wish);
  } catch (error) {
    if (!(error instanceof Obstacle)) throw error;
    lookAgain(memory.wish, error.lookAgainMs);
  }
}

async function newestRelease(look: Look, target: Target, { wish, status }: Memory): Promise<StoredRelease> {
  const { deployment, releases, signal } = look;
  const taken = await adopted(look, target);
  lookAgain(wish, taken.lookAgainMs);
  if (taken.release !== undefined) wish.adopted = taken.release;
  refuseLostChecks(look);
  const artifact = await artifactFor(look, { wish, status });
  const held = await look.configuration.read(deployment, signal);
  if (held.some(({ kind, digest }) => kind === 'Secret' && digest !== undefined)) lookAgain(wish, secretPollMs);
  const { restartedAt, lastRelease: lastNumber = 0 } = status;
  const request = { deployment, spec: deployment.spec, artifact, held, restartedAt, releases, lastNumber };
  const release = await orObstacle(() => findOrMake({ ...look, target }, request));
  await makeCopies(look, release, held);
  return release;
}

async function artifactFor(look: Look, { wish, status }: Memory): Promise<Artifact> {
  const { deployment } = look;
  const { image } = deployment.spec.source;
  if (image !== undefined) return { from: 'Reference', reference: image };
  const membership = membershipOf(deployment, look.stores);
  const found = await newestCommit(look, membership, wish);
  const build = await findOrMakeBuild(look, { deployment, ...membership, ...found });
  wish.build = build;
  const retry = status.actions?.find(({ action, refused }) => action === 'Retry' && refused === undefined);
  await removeForRetry(look, build, retry);
  return artifactOf(build, { ...membership, ...found });
}

/** A host that is down stops nothing: its last answer stays true until it gives another one. */
async function newestCommit(
  look: Look,
  { project }: Membership,
  wish: Wish,
): Promise<{ commit: string; repositoryId: string }> {
  const { deployment, signal } = look;
  const ref = deployment.spec.source;
  const { known, error, nextLookMs } = await orObstacle(() => look.lookAtSource({ deployment, project, ref, signal }));
  lookAgain(wish, nextLookMs);
  wish.unsynced = error;
  if (known !== undefined) {
    wish.observedCommit = known.commit;
    return known;
  }
  throw new Obstacle(error?.reason ?? 'ResolvingSource', error?.message ?? 'The repository is being read.');
}

export function lookAgain(wish: Pick<Wish, 'lookAgainMs'>, ms: number | undefined): void {
  if (ms !== undefined) wish.lookAgainMs = Math.min(ms, wish.lookAgainMs ?? ms);
}

function notInHistory({ releases }: Look, number: number): Obstacle {
  const known = releases.slice(0, 10).map((release) => release.number);
  const hint = known.length === 0 ? 'there is none yet' : `it has ${known.join(', ')}`;
  return new Obstacle('ReleaseNotFound', `Release ${number} is not in the history: ${hint}.`);
}
