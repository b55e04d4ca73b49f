import { rolling } from '../../crds/strategy/strategy.ts';
import { recreateSizes } from '../../rollout/recreate/recreate.ts';
import { nextSizes, type RollingSide, type Sizes } from '../../rollout/rolling/rolling.ts';
import { type ShareInput, sharedSizes } from '../../rollout/share/share.ts';
import { type ShiftInput, shifted } from '../../rollout/shift/shift.ts';
import type { Intent } from '../target.ts';
import { livePods, type ReleaseView, replicasOf, sizedForOf, type View } from './view.ts';

type Stage = NonNullable<Intent['stage']>;

const defaultRolling = rolling.parse({});

export function rollingOf({ strategy }: Intent) {
  return strategy.rolling ?? defaultRolling;
}

/** Replicas to ask for, by number of the release. */
export function sizesFor(view: View, intent: Intent, shift?: ShiftInput): Sizes {
  if (shift !== undefined) return shifted(shift).sizes;
  if (intent.stage !== undefined) return sharedSizes(shareInputOf(view, intent, intent.stage));
  const desired = intent.replicas;
  const paused = isHeld(intent);
  if (intent.strategy.type === 'Recreate') {
    return recreateSizes({ desired, paused, next: whole(view.next), others: view.others.map(whole) });
  }
  return nextSizes({
    desired,
    paused,
    strategy: rollingOf(intent),
    next: side(view.next),
    others: view.others.map(side),
  });
}

function shareInputOf(view: View, { from, goingBack = false, ...intent }: Intent, { weight }: Stage): ShareInput {
  const sides = view.others.map((each) => ({ ...side(each), isFrom: each.release.name === from?.name }));
  return {
    desired: intent.replicas,
    weight,
    next: side(view.next),
    from: sides.find(({ isFrom }) => isFrom),
    others: sides.filter(({ isFrom }) => !isFrom),
    goingBack,
    paused: intent.paused,
  };
}

/** With nothing to come from there is nothing to hold: what serves is healed and scaled. */
export function isHeld({ paused, from, release }: Intent): boolean {
  return paused && from !== undefined && from.name !== release.name;
}

function side(view: ReleaseView): RollingSide {
  const sizedFor = sizedForOf(view);
  return {
    release: view.release.number,
    replicas: replicasOf(view),
    available: view.set?.status?.availableReplicas ?? 0,
    ...(sizedFor === undefined ? {} : { sizedFor }),
  };
}

function whole(view: ReleaseView) {
  return { release: view.release.number, replicas: replicasOf(view), pods: livePods(view).length };
}
