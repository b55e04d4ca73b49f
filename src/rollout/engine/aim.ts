import { type Input, phases, type State } from './state.ts';

/** Which releases the place is to be moved between, by number. */
export interface Aim {
  /** To serve in the end. Undefined when there is no release at all that could. */
  readonly release: number | undefined;
  /** Serves until `release` can. */
  readonly from: number | undefined;
  /** Has to be accepted by the place before anything moves; then `release` is what serves meanwhile. */
  readonly prepare: number | undefined;
}

export function aimOf(state: State, { releases }: Pick<Input, 'releases'>): Aim {
  const { rollout, live } = state;
  if (rollout === undefined)
    return { release: live ?? failedFirst(state, releases), from: undefined, prepare: undefined };
  if (rollout.phase === phases.preparing) return { release: live, from: undefined, prepare: rollout.release };
  if (rollout.aborting === true) return { release: live, from: rollout.release, prepare: undefined };
  return { release: rollout.release, from: other(live, rollout.release), prepare: undefined };
}

/** With none to go back to, the one that failed is better than nothing: it may heal. */
function failedFirst({ refused }: State, releases: Input['releases']): number | undefined {
  return releases.find(({ hash }) => hash === refused)?.number;
}

function other(number: number | undefined, than: number): number | undefined {
  return number === than ? undefined : number;
}
