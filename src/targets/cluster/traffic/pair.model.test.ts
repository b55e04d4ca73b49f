import { expect, it } from 'vitest';
import { fc } from '../../../../test/support/properties.ts';
import type { ShiftInput, ShiftSide } from '../../../rollout/shift/shift.ts';
import { shifted } from '../../../rollout/shift/shift.ts';
import { type PairPlan, type PairState, pairWeights, planPair } from './pair.ts';

/*
 * Rollouts of releases 1 to 4 that come, are let through, are taken back, and follow one another in the middle, with replicas
 * that die and come back, routes that a sync sets back, and a data plane that sees a changed Service one look later.
 */
interface Move {
  readonly does: 'roll' | 'weight' | 'back' | 'live' | 'die' | 'heal' | 'reset' | 'look';
  readonly release: number;
  readonly weight: number;
}

const aMove = fc.record<Move>({
  does: fc.constantFrom('roll', 'weight', 'back', 'live', 'die', 'heal', 'reset', 'look'),
  release: fc.integer({ min: 1, max: 4 }),
  weight: fc.constantFrom(0, 10, 50, 100),
});

/** A release that was taken back has all, while what served is dead; then that comes back, and another one is to have a share. */
const threeSides: Move[] = [
  { does: 'roll', release: 2, weight: 0 },
  { does: 'die', release: 1, weight: 0 },
  { does: 'weight', release: 1, weight: 50 },
  { does: 'back', release: 1, weight: 0 },
  { does: 'live', release: 1, weight: 0 },
  { does: 'roll', release: 3, weight: 0 },
  { does: 'weight', release: 1, weight: 10 },
];

class PairWorld {
  private live = 1;
  private comes: number | undefined;
  private weight = 0;
  private goingBack = false;
  private readonly dead = new Set<number>();
  pair: PairState = { share: 0, settled: { stable: true, next: true } };
  readonly broken: string[] = [];

  play({ does, release, weight }: Move): void {
    if (does === 'roll' && release !== this.live) [this.comes, this.weight, this.goingBack] = [release, 0, false];
    if (does === 'weight' && !this.goingBack) this.weight = weight;
    if (does === 'back') this.goingBack = this.comes !== undefined;
    if (does === 'live') this.end();
    if (does === 'die') this.dead.add(release);
    if (does === 'heal') this.dead.delete(release);
    if (does === 'reset') this.pair = { ...this.pair, share: 0 };
    this.look();
  }

  /** Everybody serves, and nothing happens any more. */
  calm(): void {
    this.dead.clear();
    for (let count = 0; count < 12; count++) this.look();
  }

  get wanted(): Record<number, number> {
    const part = this.comes === undefined || this.goingBack ? 0 : this.weight;
    const shares = [
      [this.live, 100 - part],
      [this.comes ?? 0, part],
    ] as const;
    return Object.fromEntries(shares.filter(([, weight]) => weight > 0));
  }

  get actual(): Record<number, number> {
    return Object.fromEntries([...pairWeights(this.pair, this.live)].filter(([, weight]) => weight > 0));
  }

  private end(): void {
    if (this.comes === undefined) return;
    const isThrough = !this.goingBack && this.actual[this.comes] === 100;
    if (isThrough) this.live = this.comes;
    if (isThrough || this.goingBack) [this.comes, this.goingBack] = [undefined, false];
  }

  private look(): void {
    const input = this.input();
    const plan = planPair(this.pair, shifted(input).weights, input);
    this.judge(plan);
    const settled = {
      stable: this.pair.stable === undefined || plan.stable === this.pair.stable,
      next: this.pair.next === undefined || plan.next === this.pair.next,
    };
    this.pair = { ...plan, settled };
  }

  private judge(plan: PairPlan): void {
    const { stable, next, share, settled } = this.pair;
    const rules = {
      'a Service with traffic leads where it led':
        (share === 100 || stable === undefined || plan.stable === stable) &&
        (share === 0 || next === undefined || plan.next === next),
      'nothing goes to a Service that was just moved': plan.share <= share || (settled.next && plan.next === next),
      'shares are percent': plan.share >= 0 && plan.share <= 100,
      'nothing is moved to the dead while who has it serves':
        plan.share <= share || !this.dead.has(plan.next) || this.dead.has(plan.stable),
    };
    this.broken.push(...Object.entries(rules).flatMap(([rule, holds]) => (holds ? [] : [rule])));
  }

  private input(): ShiftInput {
    const weights = pairWeights(this.pair, this.live);
    const side = (release: number): ShiftSide => {
      const ready = this.dead.has(release) ? 0 : 4;
      return { release, replicas: 4, existing: 4, ready, available: ready, weight: weights.get(release) ?? 0 };
    };
    const isComing = this.comes !== undefined;
    const release = isComing && !this.goingBack ? (this.comes ?? this.live) : this.live;
    const from = isComing ? (this.goingBack ? this.comes : this.live) : undefined;
    const others = [1, 2, 3, 4].filter((each) => each !== release && each !== from);
    const weight = isComing && !this.goingBack ? this.weight : 100;
    return {
      desired: 4,
      stage: { weight, replicas: 4 },
      next: side(release),
      from: from === undefined ? undefined : side(from),
      others: others.map(side),
      goingBack: this.goingBack,
      paused: false,
      splits: true,
    };
  }
}

it('moves what two Services lead to only where nobody is served by it, and comes to what is wanted', () => {
  fc.assert(
    fc.property(fc.array(aMove, { maxLength: 60 }), (moves) => {
      const world = new PairWorld();
      for (const move of moves) world.play(move);
      world.calm();
      const rest = world.pair;
      world.calm();

      expect(world.broken).toEqual([]);
      expect(world.pair).toEqual(rest);
      expect(world.actual).toEqual(world.wanted);
    }),
    { numRuns: 500, examples: [[threeSides]] },
  );
});
