import type { HeapNode } from './indexed-heap.ts';

/** For work that nobody waits for: objects of the initial list and of a resync. */
export const lowPriority = -100;

/**
 * Where a queued key is: `waiting` for its time, `ready` to be taken, or `parked`: ready, but a worker still holds the
 * key from before.
 */
export type Phase = 'waiting' | 'ready' | 'parked';

/** One queued key. There is never more than one entry of a key. */
export interface Entry extends HeapNode {
  readonly key: string;
  priority: number;
  /** Decides between equal priorities: the lower one came first. */
  order: number;
  phase: Phase;
  /** When a waiting entry becomes ready, in the monotonic clock. */
  readyAt: number;
  /** When it became ready. */
  readySince: number;
}

export function readyBefore(a: Entry, b: Entry): boolean {
  return a.priority === b.priority ? a.order < b.order : a.priority > b.priority;
}

export function waitingBefore(a: Entry, b: Entry): boolean {
  return a.readyAt === b.readyAt ? readyBefore(a, b) : a.readyAt < b.readyAt;
}
