import fc from 'fast-check';
import type { Decision } from '../../src/rollout/engine/decide.ts';
import type { KnownRelease, Observed, State } from '../../src/rollout/engine/state.ts';
import { anObservation, aRelease, EngineDriver } from './rollouts.ts';

type Outcome = Observed['outcome'];

type Move =
  | { does: 'wish'; which: number }
  | { does: 'build' }
  | { does: 'look'; outcome: Outcome; progress: number; prepared: boolean; refused: boolean }
  | { does: 'wait'; seconds: number }
  | { does: 'pause'; paused: boolean }
  | { does: 'retry' }
  | { does: 'crash' };

const anOutcome = fc.constantFrom<Outcome[]>('Running', 'Running', 'Succeeded', 'Failed', 'Superseded', 'Unknown');

const aLook = fc.record({
  does: fc.constant('look' as const),
  outcome: anOutcome,
  progress: fc.nat(3),
  prepared: fc.boolean(),
  refused: fc.boolean(),
});

export const aMove: fc.Arbitrary<Move> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ does: fc.constant('wish' as const), which: fc.nat(7) }) },
  { weight: 1, arbitrary: fc.constant({ does: 'build' as const }) },
  { weight: 8, arbitrary: aLook },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('wait' as const), seconds: fc.nat(50) }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('pause' as const), paused: fc.boolean() }) },
  { weight: 1, arbitrary: fc.constant({ does: 'retry' as const }) },
  { weight: 1, arbitrary: fc.constant({ does: 'crash' as const }) },
);

/** What one look at the Deployment led to, and what was known around it. */
export interface View {
  readonly decision: Decision;
  readonly liveBefore: number | undefined;
  readonly paused: boolean;
  readonly releases: readonly KnownRelease[];
  /** Releases of which the place ever said that they serve alone. */
  readonly served: ReadonlySet<number>;
  /** What is remembered after the same question is asked once, and once more. */
  readonly settled: State;
  readonly again: State;
}

/** A person, a place and time, all of which do as they please. */
export class RolloutWorld {
  readonly views: View[] = [];
  private readonly engine = new EngineDriver();
  private readonly made = [aRelease(1)];
  private readonly served = new Set<number>();
  private wish = 0;
  private paused = false;

  play(move: Move): void {
    switch (move.does) {
      case 'wish':
        this.wish = move.which;
        return;
      case 'build':
        this.wish = this.made.push(aRelease(this.made.length + 1)) - 1;
        return;
      case 'wait':
        return this.engine.advance(move.seconds);
      case 'pause':
        this.paused = move.paused;
        return;
      case 'retry':
        this.engine.state = { ...this.engine.state, refused: undefined };
        return;
      case 'crash':
        this.engine.ask(this.wanted, { paused: this.paused });
        return;
      default:
        this.look(move);
    }
  }

  /** From now on the place does what it is asked, and nobody wishes for anything else. */
  calm(): Decision {
    this.paused = false;
    const looks = Array.from({ length: 6 }, () =>
      this.look({ outcome: 'Succeeded', progress: 9, prepared: true, refused: false }),
    );
    return looks.at(-1) as Decision;
  }

  private get wanted(): KnownRelease {
    return this.made[this.wish % this.made.length] ?? aRelease(1);
  }

  private look({ outcome, progress, prepared, refused }: Omit<Extract<Move, { does: 'look' }>, 'does'>): Decision {
    const refusal = refused ? ({ reason: 'TargetUnreachable', message: 'no answer' } as const) : undefined;
    const more = { paused: this.paused, prepared, refusal };
    const liveBefore = this.engine.state.live;
    const { release } = this.engine.ask(this.wanted, more).aim;
    if (outcome === 'Succeeded' && release !== undefined) this.served.add(release);
    const observation = release === undefined ? undefined : anObservation({ outcome, progress: String(progress) });
    const decision = this.engine.ask(this.wanted, { ...more, observation });
    const { paused, served } = this;
    const releases = [...this.engine.releases];
    this.views.push({ decision, liveBefore, paused, releases, served: new Set(served), ...this.asked(more) });
    return decision;
  }

  private asked(more: object): Pick<View, 'settled' | 'again'> {
    const twin = new EngineDriver();
    Object.assign(twin, { nowMs: this.engine.nowMs, releases: this.engine.releases, state: this.engine.state });
    twin.ask(this.wanted, more);
    const settled = twin.state;
    twin.ask(this.wanted, more);
    return { settled, again: twin.state };
  }
}
