import type { Failure, FailureReason } from './failure.ts';

/** How many quorum reads in a row must be older than our store before we believe that the server's history was set back. */
const staleReadsToBelieve = 5;
/** How long one version may fail to be watched, by a server that answers, before all is listed again. */
const rewatchLimitMs = 60_000;
/** The shortest time between two lists that are only made because an event showed a loss. */
export const lossSyncIntervalMs = 300_000;

/** Where a reflector stands between two requests. */
export interface Position {
  /** All objects must be fetched; otherwise a watch goes on from the version we have. */
  readonly sync: boolean;
  /** Ask with WatchList; once a server has refused it, never again. */
  readonly watchList: boolean;
  /** Ask for the newest by quorum, because our own version is of no use to the server. */
  readonly quorum: boolean;
  /**
   * Equal versions mean equal objects. Not when the server's history may have been set back: versions are given out a
   * second time then.
   */
  readonly trustVersions: boolean;
  readonly staleReads: number;
  /** Monotonic time of the first failure since something new came in. */
  readonly failingSince: number | undefined;
}

export const startPosition: Position = {
  sync: true,
  watchList: true,
  quorum: false,
  trustVersions: true,
  staleReads: 0,
  failingSince: undefined,
};

export interface Outcome {
  /** Which request it was. */
  request: 'watchList' | 'list' | 'watch';
  /** The store holds all objects: true for every watch, and for an initial list that was completed. */
  synced: boolean;
  /** Something new came in: an event, a bookmark, a list. */
  progressed: boolean;
  failure?: Failure | undefined;
  /** What broke a watch off that had worked; nothing to wait for. */
  brokenBy?: string | undefined;
}

export interface Step {
  position: Position;
  /** Whether to wait before the next request. */
  wait: boolean;
}

/** Decides what follows a request that ended. */
export function planNext(before: Position, outcome: Outcome, now: number): Step {
  const position = outcome.synced && before.sync ? { ...before, ...syncedPosition } : before;
  const { failure } = outcome;
  if (failure === undefined) return { position: { ...position, failingSince: undefined }, wait: false };
  const failingSince = outcome.progressed ? now : (position.failingSince ?? now);
  const next = { ...position, failingSince, ...afterFailure(position, outcome, failure.reason) };
  const exhausted = isExhausted(failure.reason, now - failingSince);
  // A server without WatchList is not in trouble: ask in the other way at once.
  return {
    position: exhausted ? { ...next, sync: true } : next,
    wait: next.watchList === position.watchList || failure.reason !== 'Refused',
  };
}

const syncedPosition = {
  sync: false,
  quorum: false,
  trustVersions: true,
  staleReads: 0,
} satisfies Partial<Position>;

function afterFailure(position: Position, { request }: Outcome, reason: FailureReason): Partial<Position> {
  switch (reason) {
    case 'Expired':
      return { sync: true, quorum: position.sync };
    case 'TooLarge':
      return { sync: true, quorum: true, trustVersions: false };
    case 'Stale':
      return { quorum: true, trustVersions: false, staleReads: position.staleReads + 1 };
    case 'Lost':
      return { sync: true };
    case 'Refused':
    case 'Silent':
      // Silent here: the server took it for an ordinary watch and will never send the bookmark that we wait for.
      return request === 'watchList' && position.sync ? { watchList: false } : {};
    default:
      return {};
  }
}

/** Failures that may be about this one version, and not about the server or the way to it. */
function isExhausted(reason: FailureReason, failingMs: number): boolean {
  if (failingMs < rewatchLimitMs) return false;
  return reason === 'Internal' || reason === 'ShortWatch' || reason === 'Undecodable' || reason === 'Refused';
}

/** True when a list that is older than the store has to be taken nevertheless. */
export function acceptsOlder({ quorum, staleReads }: Position): boolean {
  return quorum && staleReads >= staleReadsToBelieve;
}
