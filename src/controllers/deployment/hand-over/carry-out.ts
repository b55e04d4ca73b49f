import { wholeSeconds } from '../../../crds/conditions/conditions.ts';
import type { DeploymentStatus } from '../../../crds/deployment/status.ts';
import { done, keyOf, type Result } from '../../../kube/index.ts';
import type { Look } from '../look.ts';
import { Obstacle, obstacleOf } from '../obstacle.ts';
import type { Parts } from '../parts.ts';
import type { Binding } from '../ports.ts';
import { lookAgainIn } from '../requeue.ts';
import { toldStatus } from '../status/status.ts';
import { handedOverStatus } from './status.ts';

/** Nothing of apps/v1 is watched. */
const soonMs = 500;
/** It looks within moments; one that has not by then does not run, or does not know the template again. */
const noticeMs = 60_000;

type Begun = NonNullable<DeploymentStatus['handOver']>;

/** The way of a Deployment whose hand-over has begun: nothing else is asked of the place. */
export async function carryOut(parts: Parts, look: Look, begun: Begun, { target }: Binding): Promise<Result> {
  const { deployment, signal, log } = look;
  if (target.handOver === undefined) throw new Error(`hand over ${keyOf(deployment)}: the place cannot`);
  const scope = { deployment, memory: undefined, signal, log };
  try {
    const result = await target.handOver.carryOut(scope, begun);
    if (result === 'Done') return await settle(parts, look, { ...begun, finishedAt: wholeSeconds(look.now) });
    // It is ours again, and is asked for anew while the annotation stands.
    if (result === 'Lost') await parts.writeStatus(look, { handOver: undefined });
    if (result === 'Wait') refuseLongWait(look, begun);
    return lookAgainIn(soonMs);
  } catch (error) {
    const obstacle = obstacleOf(error);
    if (obstacle === undefined) throw error;
    await parts.writeStatus(look, toldStatus(look, obstacle.finding), obstacle.finding);
    return lookAgainIn(obstacle.lookAgainMs);
  }
}

function refuseLongWait({ now }: Look, { deployment, replicaSet, startedAt }: Begun): void {
  if (now.getTime() - Date.parse(startedAt) < noticeMs) return;
  const message = `Deployment.apps ${deployment} has not taken ReplicaSet ${replicaSet} yet, which goes on to serve: look whether the controller manager runs.`;
  throw new Obstacle('HandOverBlocked', message, { lookAgainMs: 15_000 });
}

/** Says so, and nothing more. */
export async function settle(parts: Parts, look: Look, handOver: Begun): Promise<Result> {
  parts.measurer.forget(keyOf(look.deployment));
  const { fields, summary } = handedOverStatus(look, handOver);
  await parts.writeStatus(look, fields, summary);
  return done;
}
