import type { Deployment } from '../../crds/deployment/deployment.ts';
import type { Target } from '../../crds/target/target.ts';
import type { Predicate } from '../../kube/controller/change.ts';
import {
  anyOf,
  type Client,
  Controller,
  type ControllerMetrics,
  formatKey,
  generationChanged,
  type Informer,
  informerSource,
  type Logger,
  StatusWriter,
} from '../../kube/index.ts';
import { targets as targetResource } from '../../objects/vish.ts';
import type { Clock } from '../../seams/clock.ts';
import type { Random } from '../../seams/random.ts';
import type { Sessions } from '../../targets/ecs/account/sessions.ts';
import { checkEcs } from '../../targets/ecs/check.ts';
import { ownedConditions, reconcileTarget } from './reconcile.ts';
import { isHeld, targetKeys, usersIn } from './use.ts';

export interface TargetControllerOptions {
  readonly client: Pick<Client, 'patch'>;
  readonly targets: Informer<Target>;
  readonly deployments: Informer<Deployment>;
  /** The same that the ECS target has. */
  readonly sessions: Sessions;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly metrics: ControllerMetrics;
}

/** Keeps the status of every Target: what its account needs to let the operator in, and whether that works. */
export function createTargetController(options: TargetControllerOptions): Controller {
  const { client, targets, deployments, sessions, clock, random, log, metrics } = options;
  const status = new StatusWriter<Target>({
    client,
    resource: targetResource,
    fieldManager: 'vish-target',
    clock,
    ownedConditions,
  });
  const parts = {
    client,
    targets,
    usersOf: usersIn(deployments),
    status,
    clock,
    random,
    check: (place: Parameters<typeof checkEcs>[1], signal: AbortSignal) => checkEcs(sessions, place, signal),
  };
  return new Controller({
    name: 'target',
    sources: [
      informerSource({ name: 'targets', informer: targets, when: anyOf<Target>(generationChanged, lostHold) }),
      informerSource({ name: 'deployments', informer: deployments, map: targetKeys, when: cameOrWent }),
    ],
    reconcile: (key, run) => reconcileTarget(parts, formatKey(key), run),
    concurrency: 4,
    clock,
    random,
    log,
    metrics,
  });
}

const lostHold: Predicate<Target> = (change) =>
  change.type === 'update' && isHeld(change.old) && !isHeld(change.object);

/** All that is of interest is whether it is there: its reference is fixed. */
const cameOrWent: Predicate = ({ type }) => type !== 'update';
