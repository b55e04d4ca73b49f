import { type Strategy, strategy } from '../../src/crds/strategy/strategy.ts';
import type { Verdict } from '../../src/rollout/checks/judge.ts';
import type { Measurement } from '../../src/rollout/checks/run.ts';
import type { Aim } from '../../src/rollout/engine/aim.ts';
import { type Ask, abort, promote, skip } from '../../src/rollout/engine/ask.ts';
import type { Decision } from '../../src/rollout/engine/decide.ts';
import type { KnownRelease, Observed, State } from '../../src/rollout/engine/state.ts';
import { isReached, type Shift, type ShiftInput, type ShiftSide, shifted } from '../../src/rollout/shift/shift.ts';
import { aCheck, aMeasurement } from './checks.ts';
import { fc } from './properties.ts';
import { anObservation, aRelease, EngineDriver } from './rollouts.ts';

const asks = { promote, skip, abort } as const;

const ofARelease = { release: fc.integer({ min: 1, max: 6 }), count: fc.integer({ min: 1, max: 6 }) };
const does = <Name extends string>(name: Name) => ({ does: fc.constant(name) });

/** `Nothing`: whoever measures hangs. */
type Said = Verdict | 'Nothing';
const aVerdict = fc.constantFrom<Said[]>('Passed', 'Passed', 'Failed', 'NoData', 'Nothing');

const deadline = { progressDeadlineSeconds: 60 };
const previous = { warmSeconds: 120 };

export const aStrategy = fc.constantFrom<Strategy[]>(
  strategy.parse({ type: 'BlueGreen', ...deadline, blueGreen: { previous } }),
  strategy.parse({ type: 'BlueGreen', ...deadline, blueGreen: { promotion: 'Manual', previewReplicas: 1, previous } }),
  strategy.parse({
    type: 'BlueGreen',
    ...deadline,
    blueGreen: { promotion: 'Manual', approvalDeadlineSeconds: 100, previous: { warm: 'None' } },
  }),
  strategy.parse({
    type: 'Canary',
    ...deadline,
    canary: { steps: [{ weight: 10 }, { pauseSeconds: 30 }, { weight: 50 }, { approval: {} }], previous },
  }),
  strategy.parse({
    type: 'Canary',
    ...deadline,
    canary: {
      steps: [{ replicas: 2 }, { weight: 60 }, { weight: 20 }, { approval: { deadlineSeconds: 50 } }],
      previous: { warm: 'Fixed', replicas: 1 },
    },
  }),
  strategy.parse({
    type: 'BlueGreen',
    ...deadline,
    blueGreen: { before: ['a'], after: ['b'], background: ['c'], previous },
  }),
  strategy.parse({
    type: 'Canary',
    ...deadline,
    canary: { steps: [{ weight: 20 }, { checks: ['a', 'b'] }, { pauseSeconds: 30 }], background: ['a', 'c'], previous },
  }),
);

const checks = ['a', 'b', 'c'].map((name) => aCheck(name, { count: 2 }));

/** What people, pods, nodes, time, checks and crashes do. */
export const aTrafficMove = fc.oneof(
  { weight: 2, arbitrary: fc.record({ ...does('release'), broken: fc.boolean() }) },
  {
    weight: 12,
    arbitrary: fc.record({ ...does('look'), lost: fc.constantFrom('nothing', 'nothing', 'sizes', 'all') }),
  },
  { weight: 3, arbitrary: fc.record({ ...does('settle'), looks: fc.integer({ min: 1, max: 5 }) }) },
  { weight: 6, arbitrary: fc.record({ ...does('serve'), ...ofARelease }) },
  { weight: 3, arbitrary: fc.record({ ...does('fail'), ...ofARelease }) },
  { weight: 1, arbitrary: fc.record({ ...does('break'), release: ofARelease.release, broken: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ ...does('loseNode'), of: fc.integer({ min: 2, max: 3 }) }) },
  { weight: 2, arbitrary: fc.record({ ...does('scale'), desired: fc.nat(6) }) },
  { weight: 3, arbitrary: fc.record({ ...does('wait'), seconds: fc.integer({ min: -30, max: 90 }) }) },
  { weight: 1, arbitrary: fc.record({ ...does('pause'), paused: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ ...does('wish'), release: ofARelease.release, back: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ ...does('measure'), verdict: aVerdict }) },
  { weight: 1, arbitrary: fc.record(does('retry')) },
  { weight: 1, arbitrary: fc.record({ ...does('strategy'), plan: aStrategy, splits: fc.boolean() }) },
  {
    weight: 3,
    arbitrary: fc.record({
      ...does('ask'),
      what: fc.constantFrom('promote', 'skip', 'abort'),
      full: fc.boolean(),
    }),
  },
);
type Move = typeof aTrafficMove extends fc.Arbitrary<infer One> ? One : never;

interface Replicas {
  asked: number;
  ready: number;
}

/** What a look did to the place, and what was known around it. */
export interface TrafficView {
  readonly decision: Decision;
  /** What the place was moved by. */
  readonly aim: Aim;
  readonly aimed: State;
  readonly input: ShiftInput;
  readonly shift: Shift;
  readonly again: Shift;
  /** Ready replicas after sizes were asked for. */
  readonly readyAfter: ReadonlyMap<number, number>;
  readonly paused: boolean;
  readonly nowMs: number;
  readonly splits: boolean;
}

/** Replicas and traffic of one Deployment, moved by the engine and the shift as a place moves them. */
export class TrafficWorld {
  readonly views: TrafficView[] = [];
  readonly engine = new EngineDriver();
  private readonly made: KnownRelease[] = [aRelease(1)];
  private readonly sides = new Map<number, Replicas>();
  private readonly broken = new Set<number>();
  private splits: boolean;
  plan: Strategy;
  private weights = new Map<number, number>();
  private wish = { release: 1, back: false };
  private desired = 3;
  private paused = false;
  private verdict: Said = 'Passed';
  private runs: Decision['runs'] = [];

  private readonly moves: { [Does in Move['does']]: (move: Extract<Move, { does: Does }>) => void } = {
    release: ({ broken }) => this.release(broken),
    look: ({ lost }) => this.look(lost),
    settle: ({ looks }) => this.settle(looks, 1),
    serve: ({ release, count }) => this.serve(release, count),
    fail: ({ release, count }) => this.fail(release, count),
    break: (move) => this.breakRelease(move),
    loseNode: ({ of }) => {
      for (const [release, { ready }] of this.sides) this.fail(release, Math.ceil(ready / of));
    },
    scale: ({ desired }) => {
      this.desired = desired;
    },
    wait: ({ seconds }) => this.engine.advance(seconds),
    pause: ({ paused }) => {
      this.paused = paused;
    },
    wish: ({ release, back }) => {
      this.wish = { release: 1 + ((release - 1) % this.made.length), back };
    },
    measure: ({ verdict }) => {
      this.verdict = verdict;
    },
    retry: () => {
      this.engine.state = { ...this.engine.state, refused: undefined };
    },
    strategy: ({ plan, splits }) => {
      this.plan = plan;
      this.splits = splits;
      this.engine.settings = { strategy: plan, checks };
    },
    ask: (move) => this.ask(move),
  };

  constructor(plan: Strategy, splits: boolean) {
    this.plan = plan;
    this.splits = splits;
    this.engine.settings = { strategy: plan, checks };
  }

  play(move: Move): void {
    const { does } = move;
    // Each move has the method of its name, and only that one reads its fields.
    (this.moves[does] as (move: Move) => void)(move);
  }

  /** Nobody does anything any more, and what can serve does. */
  calm(): void {
    this.paused = false;
    this.verdict = 'Passed';
    this.settle(60, 10);
  }

  /** As well, but whoever measures hangs. */
  hang(): void {
    this.paused = false;
    this.verdict = 'Nothing';
    this.settle(20, 120);
  }

  /** What can serve does, at every look. */
  private settle(looks: number, seconds: number): void {
    for (let count = 0; count < looks; count++) {
      for (const release of this.sides.keys()) this.serve(release, 100);
      this.look('nothing');
      this.engine.advance(seconds);
    }
  }

  weightOf(release: number | undefined): number {
    return (release === undefined ? undefined : this.weights.get(release)) ?? 0;
  }

  readyOf(release: number | undefined): number {
    return (release === undefined ? undefined : this.sides.get(release)?.ready) ?? 0;
  }

  isBroken(release: number | undefined): boolean {
    return release !== undefined && this.broken.has(release);
  }

  get size(): number {
    return this.desired;
  }

  private release(broken: boolean): void {
    const number = this.made.length + 1;
    if (number > 6) return;
    this.made.push(aRelease(number));
    if (broken) this.broken.add(number);
    this.wish = { release: number, back: false };
  }

  private serve(release: number, count: number): void {
    const side = this.sides.get(release);
    if (side !== undefined && !this.broken.has(release)) side.ready = Math.min(side.asked, side.ready + count);
  }

  private fail(release: number, count: number): void {
    const side = this.sides.get(release);
    if (side !== undefined) side.ready = Math.max(0, side.ready - count);
  }

  private breakRelease({ release, broken }: { release: number; broken: boolean }): void {
    if (!broken) this.broken.delete(release);
    else if (release <= this.made.length) {
      this.broken.add(release);
      this.fail(release, 100);
    }
  }

  private ask({ what, full }: { what: keyof typeof asks; full: boolean }): void {
    const { state } = this.engine;
    const release = state.rollout?.release ?? state.live;
    if (release === undefined) return;
    const ask: Ask = { release, step: full && what === 'promote' ? 'full' : undefined };
    const now = new Date(this.engine.nowMs);
    const answer = asks[what](state, ask, { strategy: this.plan, releases: this.made, now });
    if ('state' in answer) this.engine.state = answer.state;
  }

  private look(lost: string): void {
    const wanted = this.made[this.wish.release - 1];
    const more = {
      paused: this.paused,
      replicas: this.desired,
      cause: this.wish.back ? ('Rollback' as const) : undefined,
      prepared: true,
    };
    this.engine.ask(wanted, { ...more, measurements: this.measured() });
    const { aim } = this.engine.ask(wanted, more);
    const input = this.inputOf(aim);
    if (input === undefined) return;
    const aimed = this.engine.state;
    const [shift, again] = [shifted(input), shifted(input)];
    this.apply(shift, lost);
    const readyAfter = new Map([...this.sides].map(([release, { ready }]) => [release, ready]));
    const decision = this.engine.ask(wanted, { ...more, observation: this.observe(aim) });
    this.runs = decision.runs;
    const { paused, splits } = this;
    const { nowMs } = this.engine;
    this.views.push({ decision, aim, aimed, input, shift, again, readyAfter, paused, nowMs, splits });
  }

  /** What was due at the last look; also what the operator lost on the way. */
  private measured(): Measurement[] {
    const { verdict } = this;
    if (verdict === 'Nothing') return [];
    const at = new Date(this.engine.nowMs);
    const due = this.runs.filter((run) => Date.parse(run.due) <= at.getTime());
    return due.map((run) => aMeasurement(run, verdict, at));
  }

  private inputOf({ release, from, stage, warm, goingBack = false, hasServed = false }: Aim): ShiftInput | undefined {
    if (release === undefined || stage === undefined) return undefined;
    if (this.weights.size === 0) this.weights.set(release, 100);
    const named = new Set([release, from, warm?.release]);
    const known = new Set([...this.sides.keys(), ...this.weights.keys()]);
    const { desired, paused, splits } = this;
    return {
      desired,
      stage,
      goingBack,
      hasServed,
      paused,
      splits,
      next: this.side(release),
      from: from === undefined ? undefined : this.side(from),
      warm: warm && { side: this.side(warm.release), replicas: warm.replicas },
      others: [...known].filter((each) => !named.has(each)).map((each) => this.side(each)),
    };
  }

  private side(release: number): ShiftSide {
    const { asked, ready } = this.sides.get(release) ?? { asked: 0, ready: 0 };
    return { release, replicas: asked, existing: asked, ready, available: ready, weight: this.weightOf(release) };
  }

  /** Traffic first; a crash may lose the rest. */
  private apply({ weights, sizes }: Shift, lost: string): void {
    if (lost === 'all') return;
    this.weights = new Map(weights);
    if (lost === 'sizes') return;
    for (const [release, asked] of sizes) {
      this.sides.set(release, { asked, ready: Math.min(asked, this.readyOf(release)) });
    }
  }

  private observe(aim: Aim): Observed {
    const input = this.inputOf(aim) as ShiftInput;
    const sides = [...this.sides].map(([release, { ready }]) => ({ release, ready }));
    const { release, ready, replicas } = input.next;
    const isBad = this.broken.has(release) && replicas > 0;
    return anObservation({
      outcome: isReached(input) ? 'Succeeded' : 'Running',
      ...(isBad ? { reason: 'CrashLoop' as const } : {}),
      progress: `${release} ${ready} ${replicas}`,
      available: sides.some((side) => side.ready > 0),
      sides,
    });
  }
}
