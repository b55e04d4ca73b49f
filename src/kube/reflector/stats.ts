import { type FailureReason, failureReasons } from './failure.ts';

/** What one reflector has done and how it fares. Plain numbers, read when someone asks for metrics: counting costs nothing. */
export interface ReflectorStats {
  /** Complete lists by either way, the first one included. */
  syncs: number;
  requests: { watchList: number; list: number; watch: number };
  failures: Record<FailureReason, number>;
  /** Watches whose connection broke after they had worked. */
  broken: number;
  /** Changes that reached the store. */
  events: number;
  bookmarks: number;
  /** Events that were not newer than the store, or brought an object that it held already. */
  skipped: number;
  /** Events that did not fit the store: others before them were lost. */
  anomalies: number;
  /** A watch is open, or a list is being read. */
  connected: boolean;
  /** Monotonic times, in milliseconds. */
  lastByteAt: number | undefined;
  lastEventAt: number | undefined;
  /** What went wrong last; undefined again when something new has come in. */
  lastFailure: string | undefined;
}

export function newStats(): ReflectorStats {
  return {
    syncs: 0,
    requests: { watchList: 0, list: 0, watch: 0 },
    failures: Object.fromEntries(failureReasons.map((reason) => [reason, 0])) as Record<FailureReason, number>,
    broken: 0,
    events: 0,
    bookmarks: 0,
    skipped: 0,
    anomalies: 0,
    connected: false,
    lastByteAt: undefined,
    lastEventAt: undefined,
    lastFailure: undefined,
  };
}
