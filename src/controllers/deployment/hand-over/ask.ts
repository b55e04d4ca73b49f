import { wholeSeconds } from '../../../crds/conditions/conditions.ts';
import type { DeploymentStatus } from '../../../crds/deployment/status.ts';
import type { Target } from '../../../targets/target.ts';
import type { Look } from '../look.ts';
import { Obstacle, orObstacle } from '../obstacle.ts';
import type { Wish } from '../wish/wish.ts';
import { handOverName } from './name.ts';

type Begun = NonNullable<DeploymentStatus['handOver']>;

/**
 * Where a hand-over is asked for nothing new is released, and what serves is healed and scaled until it can begin. That it
 * has begun is written down with this look, before anything of it is done. Always ends in an Obstacle when it is asked for.
 */
export async function askHandOver(look: Look, { handOver }: Target, wish: Wish): Promise<void> {
  const { status = {} } = look.deployment;
  const name = nameOf(status);
  if (name === undefined || handOver === undefined) return;
  const { deployment, releases, signal, log, now } = look;
  const live = releases.find(({ number }) => number === status.live?.release);
  if (live === undefined || status.rollout !== undefined) throw handingOver('it waits until the rollout has ended');
  const scope = { deployment, memory: undefined, signal, log };
  const to = await orObstacle(() => handOver.check(scope, live, name));
  wish.handOver = { ...to, startedAt: wholeSeconds(now) } satisfies Begun;
  throw handingOver('nothing else is done any more');
}

/** Until it has begun it is withdrawn by taking the annotation away. */
function nameOf({ actions = [] }: DeploymentStatus): string | undefined {
  const asked = actions.find(({ action }) => action === 'HandOver');
  if (asked === undefined || asked.refused !== undefined || asked.clearedAt !== undefined) return undefined;
  return handOverName(asked.value);
}

function handingOver(detail: string): Obstacle {
  return new Obstacle('HandingOver', `The pods are to be handed over: ${detail}.`);
}
