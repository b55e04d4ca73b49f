import type { RollingStrategy } from '../../crds/strategy/strategy.ts';
import { nextSizes, type RollingInput, type RollingSide } from './rolling.ts';

interface Replicas {
  asked: number;
  sizedFor: number | undefined;
  available: number;
  starting: number;
}

/** ReplicaSets of one Deployment as their controller moves them: what is not available goes first. */
export class RollingWorld {
  desired: number;
  paused = false;
  next: number;
  private readonly strategy: RollingStrategy;
  private readonly sides = new Map<number, Replicas>();

  constructor(desired: number, strategy: RollingStrategy, available: readonly number[]) {
    this.desired = desired;
    this.strategy = strategy;
    for (const [at, count] of available.entries()) {
      this.sides.set(at + 1, { asked: count, sizedFor: desired, available: count, starting: 0 });
    }
    this.next = available.length + 1;
  }

  input(): RollingInput {
    const { desired, strategy, paused } = this;
    const others = [...this.sides.keys()].filter((release) => release !== this.next);
    return { desired, strategy, paused, next: this.side(this.next), others: others.map((other) => this.side(other)) };
  }

  /** Asks for the next sizes; true when something changed. */
  step(): boolean {
    const sizes = nextSizes(this.input());
    const changes = [...sizes].map(([release, replicas]) => this.ask(release, replicas));
    return changes.includes(true);
  }

  /** Up to `count` replicas of a release start to serve. */
  serve(release: number, count: number): void {
    const side = this.sides.get(release);
    if (side === undefined) return;
    const now = Math.min(count, side.starting);
    side.available += now;
    side.starting -= now;
  }

  /** Up to `count` replicas of a release stop to serve by themselves. */
  fail(release: number, count: number): void {
    const side = this.sides.get(release);
    if (side === undefined) return;
    const now = Math.min(count, side.available);
    side.available -= now;
    side.starting += now;
  }

  get total(): number {
    return [...this.sides.values()].reduce((total, { asked }) => total + asked, 0);
  }

  get available(): number {
    return [...this.sides.values()].reduce((total, { available }) => total + available, 0);
  }

  sizes(): Record<number, number> {
    const found = [...this.sides].filter(([, { asked }]) => asked > 0);
    return Object.fromEntries(found.map(([release, { asked }]) => [release, asked]));
  }

  private side(release: number): RollingSide {
    const { asked: replicas = 0, available = 0, sizedFor } = this.sides.get(release) ?? {};
    return { release, replicas, available, ...(sizedFor === undefined ? {} : { sizedFor }) };
  }

  private ask(release: number, replicas: number): boolean {
    const side = this.sides.get(release) ?? { asked: 0, sizedFor: undefined, available: 0, starting: 0 };
    this.sides.set(release, side);
    const changed = side.asked !== replicas || (replicas > 0 && side.sizedFor !== this.desired);
    side.asked = replicas;
    side.sizedFor = this.desired;
    side.available = Math.min(side.available, replicas);
    side.starting = replicas - side.available;
    return changed;
  }
}
