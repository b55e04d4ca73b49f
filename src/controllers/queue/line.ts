import { CountedPlaces } from './counted-places.ts';
import { placesOf, type Running, type Waiting } from './places.ts';

/** How often who waits is told its place anew: with each step of the queue it would be a write for everyone in it. */
export const queueLookMs = 30_000;

export interface LineParts {
  /** How many may be in at once. */
  readonly total: number;
  /** What the caches show, beside those that are let in here and not seen yet. */
  waiting(): readonly Waiting[];
  running(): ReadonlyMap<string, Running>;
  /** By the UID of a Project, as they are now: each is asked for many times in one count. */
  limits(): (projectUid: string) => number;
  /** False of one that is gone or over: what was let in and never began has no place. */
  isOpen(one: Waiting): boolean;
}

/**
 * Who may begin now. The caches know what runs only some time after it was started, so what this process let in is
 * remembered until they show it: otherwise two would both take the last place.
 */
export class Line {
  private readonly admitted = new Map<string, Waiting>();
  private readonly parts: LineParts;
  /** Until a place is taken or given back. */
  private counted: CountedPlaces | undefined;

  constructor(parts: LineParts) {
    this.parts = parts;
  }

  has(uid: string): boolean {
    return this.admitted.has(uid);
  }

  /** Takes a place when one is free. 0: it may begin; else how many go first. `limit` is what its Project may have now. */
  enter(one: Waiting, limit: number): number {
    const { uid } = one;
    const place = this.counted?.take({ ...one, limit }) ?? this.count(one);
    if (place === 0) {
      this.admitted.set(uid, one);
      this.counted = undefined;
    }
    return place;
  }

  /** From here on it counts by what the caches show of it. */
  leave(uid: string): void {
    this.admitted.delete(uid);
    this.counted = undefined;
  }

  /**
   * Gives the place back of one that could not start, and returns the keys of those that it kept waiting. Others that
   * cannot start either are not among them: they would wake each other without end.
   */
  yieldPlace(uid: string): string[] {
    this.leave(uid);
    // The cache may not show yet that it cannot start.
    const others = this.waiting().filter((waiting) => waiting.uid !== uid);
    return this.free(others).flatMap(({ blocked, key }) => (blocked ? [] : [key]));
  }

  /** Keys of those that wait and could start now. */
  next(): string[] {
    this.counted = undefined;
    return this.free(this.waiting()).map(({ key }) => key);
  }

  running(): ReadonlyMap<string, Running> {
    for (const [uid, one] of this.admitted) if (!this.parts.isOpen(one)) this.admitted.delete(uid);
    return new Map([...this.parts.running(), ...this.admitted]);
  }

  private count(asking: Waiting): number {
    const known = this.waiting();
    // One that has just come is in no cache yet.
    const waiting = known.some(({ uid }) => uid === asking.uid) ? known : [...known, asking];
    const places = this.places(waiting);
    this.counted = new CountedPlaces({ waiting, places, limitOf: this.parts.limits() });
    return places.get(asking.uid) ?? 0;
  }

  private free(waiting: readonly Waiting[]): Waiting[] {
    const places = this.places(waiting);
    return waiting.filter(({ uid }) => places.get(uid) === 0);
  }

  private waiting(): Waiting[] {
    return this.parts.waiting().filter(({ uid }) => !this.admitted.has(uid));
  }

  private places(waiting: readonly Waiting[]): ReadonlyMap<string, number> {
    return placesOf(waiting, this.running(), { total: this.parts.total, ofProject: this.parts.limits() });
  }
}
