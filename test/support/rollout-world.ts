import { hooks } from '../../src/crds/workload/jobs.ts';
import type { Decision } from '../../src/rollout/engine/decide.ts';
import type { HookName, HookReport, HookRun, KnownRelease, Observed, State } from '../../src/rollout/engine/state.ts';
import { fc } from './properties.ts';
import { anObservation, aRelease, EngineDriver } from './rollouts.ts';

type Outcome = Observed['outcome'];
/** Undefined while the place says nothing of its commands. */
type HookOutcome = HookReport['outcome'] | undefined;

type Move =
  | { does: 'wish'; which: number }
  | { does: 'build' }
  | { does: 'look'; outcome: Outcome; progress: number; prepared: boolean; refused: boolean; hook: HookOutcome }
  | { does: 'wait'; seconds: number }
  | { does: 'set clock'; seconds: number }
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
  hook: fc.constantFrom<HookOutcome[]>('Running', 'Running', 'Passed', 'Failed', undefined),
});

export const aMove: fc.Arbitrary<Move> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ does: fc.constant('wish' as const), which: fc.nat(7) }) },
  { weight: 1, arbitrary: fc.constant({ does: 'build' as const }) },
  { weight: 8, arbitrary: aLook },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('wait' as const), seconds: fc.nat(50) }) },
  {
    weight: 1,
    arbitrary: fc.record({ does: fc.constant('set clock' as const), seconds: fc.integer({ min: -7200, max: 7200 }) }),
  },
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
  /** Releases whose command before them has passed. */
  readonly passed: ReadonlySet<number>;
  readonly hasHooks: boolean;
  /** Commands that were begun although they had passed, or while it was paused. */
  readonly wronglyBegun: readonly HookRun[];
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
  private readonly passed: Record<HookName, Set<number>> = { before: new Set(), after: new Set() };
  private readonly begun = new Set<string>();
  private readonly hasHooks: boolean;
  private wish = 0;
  private paused = false;

  constructor(hasHooks = false) {
    this.hasHooks = hasHooks;
    const command = { command: ['true'], deadlineSeconds: 60 };
    if (hasHooks) this.engine.settings = { hooks: hooks.parse({ beforeRelease: command, afterRelease: command }) };
  }

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
      case 'set clock':
        return this.engine.setClock(move.seconds);
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

  /**
   * From now on the place does what it is asked, and nobody wishes for anything else. A first release whose command failed
   * does not heal, so a person has it tried again.
   */
  calm(): Decision {
    this.paused = false;
    const looks = Array.from({ length: 8 }, () => {
      if (this.hasHooks && this.engine.state.live === undefined) this.play({ does: 'retry' });
      return this.look({ outcome: 'Succeeded', progress: 9, prepared: true, refused: false, hook: 'Passed' });
    });
    return looks.at(-1) as Decision;
  }

  private get wanted(): KnownRelease {
    return this.made[this.wish % this.made.length] ?? aRelease(1);
  }

  private look(move: Omit<Extract<Move, { does: 'look' }>, 'does'>): Decision {
    const { outcome, progress, prepared, refused } = move;
    const refusal = refused ? ({ reason: 'TargetUnreachable', message: 'no answer' } as const) : undefined;
    const more = { paused: this.paused, prepared, refusal };
    const liveBefore = this.engine.state.live;
    const ran = this.runHooks(this.engine.ask(this.wanted, { paused: this.paused }).hooks, move.hook);
    const { release } = this.engine.ask(this.wanted, { ...more, ...ran }).aim;
    if (outcome === 'Succeeded' && release !== undefined) this.served.add(release);
    const observation = release === undefined ? undefined : anObservation({ outcome, progress: String(progress) });
    const decision = this.engine.ask(this.wanted, { ...more, observation });
    const { paused, served, hasHooks } = this;
    const releases = [...this.engine.releases];
    const sets = { served: new Set(served), passed: new Set(this.passed.before), hasHooks };
    const { wronglyBegun } = ran;
    this.views.push({ decision, liveBefore, paused, releases, ...sets, wronglyBegun, ...this.asked(more) });
    return decision;
  }

  /** Begins what is not begun, and says of all the same; what it may not begin it tells to run still, as a place does. */
  private runHooks(runs: readonly HookRun[], outcome: HookOutcome) {
    const idOf = ({ release, hook, attempt }: HookRun) => `${release} ${hook} ${attempt}`;
    const fresh = runs.filter((run) => run.mayBegin && !this.begun.has(idOf(run)));
    const wronglyBegun = fresh.filter(({ release, hook }) => this.paused || this.passed[hook].has(release));
    for (const run of fresh) this.begun.add(idOf(run));
    const known = outcome === undefined ? [] : runs.filter((run) => this.begun.has(idOf(run)));
    if (outcome === 'Passed') for (const { hook, release } of known) this.passed[hook].add(release);
    const outcomeOf = (run: HookRun) => (known.includes(run) ? outcome : 'Running') ?? 'Running';
    const hookReports =
      outcome === undefined ? [] : runs.map((run) => ({ ...run, outcome: outcomeOf(run), message: '' }));
    return { wronglyBegun, hookReports };
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
