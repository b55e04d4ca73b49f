import type { Waiting } from './places.ts';

interface Asking extends Pick<Waiting, 'uid' | 'projectUid' | 'holds'> {
  /** What the Project may have at once, now. */
  readonly limit: number;
}

interface Counted {
  readonly waiting: readonly Waiting[];
  readonly places: ReadonlyMap<string, number>;
  readonly limitOf: (projectUid: string) => number;
}

/**
 * The places in the queue as they were counted last. To count is work that grows with the queue, and everybody in it asks
 * time and again: counted for each, a few thousand of one namespace would leave the operator no time for others.
 */
export class CountedPlaces {
  private readonly places: ReadonlyMap<string, number>;
  private readonly limits: ReadonlyMap<string, number>;
  /** Of each Project those that only wait for a place; apart from them those that also wait for what one alone can have. */
  private readonly inLine = new Map<string, number>();
  private readonly told = new Set<string>();

  constructor({ waiting, places, limitOf }: Counted) {
    this.places = places;
    this.limits = new Map([...new Set(waiting.map(({ projectUid }) => projectUid))].map((uid) => [uid, limitOf(uid)]));
    for (const one of waiting) if (!one.blocked && places.get(one.uid) !== 0) this.lineUp(lineOf(one));
  }

  /** Undefined when it has to be counted anew: for who may have got a place, and who asks again. */
  take(asking: Asking): number | undefined {
    const { uid, projectUid, limit } = asking;
    if (this.told.has(uid) || this.limits.get(projectUid) !== limit) return undefined;
    this.told.add(uid);
    const place = this.places.get(uid);
    if (place !== undefined) return place === 0 ? undefined : place;
    // It came later: where others of its Project wait for a place, it waits behind them.
    return this.inLine.has(lineOf(asking)) ? this.lineUp(lineOf(asking)) : undefined;
  }

  private lineUp(line: string): number {
    const length = (this.inLine.get(line) ?? 0) + 1;
    this.inLine.set(line, length);
    return length;
  }
}

function lineOf({ projectUid, holds = '' }: Pick<Waiting, 'projectUid' | 'holds'>): string {
  return `${projectUid} ${holds}`;
}
