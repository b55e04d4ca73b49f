import type { Clock } from '../../seams/clock.ts';
import type { Random } from '../../seams/random.ts';
import type { KubeObject } from '../object/object.ts';
import type { Transport } from '../transport/transport.ts';
import { InitialList } from './initial-list.ts';
import type { ObjectBuilder } from './object-builder.ts';
import type { Position } from './plan.ts';
import type { Collection } from './requests.ts';
import type { ReflectorStats } from './stats.ts';
import type { Target } from './target.ts';

/** What one request of a reflector works with. */
export interface Attempt<T extends KubeObject> {
  readonly collection: Collection;
  readonly position: Position;
  readonly target: Target<T>;
  readonly build: ObjectBuilder<T>;
  readonly stats: ReflectorStats;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: Random;
  /** Whether to stop at an event that shows a loss, so that all is listed again; otherwise it is only counted. */
  readonly stopAtLoss: boolean;
}

export function newInitialList<T extends KubeObject>({ build, target, position }: Attempt<T>): InitialList<T> {
  return new InitialList({ build, held: (key) => target.get(key), trustVersions: position.trustVersions });
}
