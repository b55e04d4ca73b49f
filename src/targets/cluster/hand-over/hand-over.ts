import { ifPresent, isKubeError } from '../../../kube/index.ts';
import { appsDeployments, autoscalers, replicaSets } from '../../../objects/workloads.ts';
import type { Release } from '../../../rollout/release.ts';
import { type HandedTo, type HandOver, type HandOverResult, type Scope, TargetError } from '../../target.ts';
import { giveTo } from './give.ts';
import { type HandOverOptions, letGo, ofDeployment } from './let-go.ts';
import { type Move, nextMove, type Seen } from './next.ts';
import { blocked, setToGive } from './obstacles.ts';
import { isSameTemplate, wantedDeployment } from './wanted.ts';

/** No way is longer; each move is found done or not by what stands in the cluster. */
const mostMoves = 4;

/**
 * Gives the ReplicaSet of the live release to an apps/v1 Deployment that takes it for its own newest one. No pod is
 * touched, and at no moment is the ReplicaSet nobody's: what is nobody's is taken by the first that selects it.
 */
export class ClusterHandOver implements HandOver {
  private readonly options: HandOverOptions;

  constructor(options: HandOverOptions) {
    this.options = options;
  }

  async check(scope: Scope, live: Release, name: string): Promise<HandedTo> {
    const { client } = this.options;
    const { deployment, signal } = scope;
    const { namespace = '' } = deployment.metadata;
    const apps = await ifPresent(client.get(appsDeployments, { namespace, name }, { signal }));
    const { items: scalers } = await client.list(autoscalers, { namespace, signal });
    const labelSelector = ofDeployment(deployment);
    const { items: sets } = await client.list(replicaSets, { namespace, labelSelector, signal });
    const set = setToGive({ deployment, release: live, sets, autoscalers: scalers, name, apps });
    if (set instanceof TargetError) throw set;
    const intent = wantedDeployment(name, set, deployment);
    const tried = apps ?? (await client.create(appsDeployments, intent, { dryRun: true, signal }));
    if (isSameTemplate(tried, set)) return { deployment: name, replicaSet: set.metadata.name };
    throw blocked(
      `the pod template of Deployment.apps ${name} would not be that of ReplicaSet ${set.metadata.name}, and its pods would be replaced: exempt it from the admission webhook that changes it`,
    );
  }

  async carryOut(scope: Scope, to: HandedTo): Promise<HandOverResult> {
    for (let count = 0; count < mostMoves; count++) {
      const seen = await this.look(scope, to);
      const move = nextMove(scope.deployment, seen);
      if (move === 'Taken') throw taken(to);
      if (move === 'Wait' || move === 'Lost') return move;
      await this.make(move, seen, scope, to);
      if (move === 'Done') return move;
    }
    return 'Wait';
  }

  private async look({ deployment, signal }: Scope, to: HandedTo): Promise<Seen> {
    const { client } = this.options;
    const { namespace = '' } = deployment.metadata;
    const set = await ifPresent(client.get(replicaSets, { namespace, name: to.replicaSet }, { signal }));
    const apps = await ifPresent(client.get(appsDeployments, { namespace, name: to.deployment }, { signal }));
    return { set: set?.metadata.deletionTimestamp === undefined ? set : undefined, apps };
  }

  private async make(move: Exclude<Move, 'Taken' | 'Wait' | 'Lost'>, seen: Seen, scope: Scope, to: HandedTo) {
    if (move === 'Create') return this.create(seen, scope, to);
    if (move === 'Give') return this.give(seen, scope);
    await letGo(this.options, seen.apps, { scope, to });
    if (move === 'Resume') await this.resume(seen, scope);
  }

  private async create({ set }: Seen, { deployment, signal }: Scope, { deployment: name }: HandedTo): Promise<void> {
    if (set === undefined) return;
    const intent = wantedDeployment(name, set, deployment);
    try {
      await this.options.client.create(appsDeployments, intent, { signal });
    } catch (error) {
      // Of whom is seen at the next move.
      if (!isKubeError(error, 'AlreadyExists')) throw error;
    }
  }

  private async give({ set, apps }: Seen, scope: Scope): Promise<void> {
    if (set === undefined || apps === undefined) return;
    await giveTo(apps, { resource: replicaSets, object: set }, this.options, scope);
  }

  private async resume({ apps }: Seen, { signal }: Scope): Promise<void> {
    if (apps === undefined) return;
    const { uid, namespace = '', name } = apps.metadata;
    const patch = { metadata: { uid }, spec: { paused: false } };
    await this.options.client.patch(appsDeployments, { namespace, name }, patch, { type: 'merge', signal });
  }
}

function taken({ deployment, replicaSet }: HandedTo): TargetError {
  return blocked(
    `Deployment.apps ${deployment} or ReplicaSet ${replicaSet} belongs to somebody else by now: give it back, or remove the one that is in the way`,
  );
}
