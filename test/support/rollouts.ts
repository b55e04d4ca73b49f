import { strategy } from '../../src/crds/strategy/strategy.ts';
import { type Decision, decide } from '../../src/rollout/engine/decide.ts';
import { setForward } from '../../src/rollout/engine/set-forward.ts';
import type { Input, KnownRelease, Observed, State } from '../../src/rollout/engine/state.ts';

export const nothingYet: State = { live: undefined, rollout: undefined, refused: undefined, history: [] };

export function aRelease(number: number, fields: Partial<KnownRelease> = {}): KnownRelease {
  return {
    number,
    name: `web-${number}`,
    hash: `hash-${number}`,
    image: `registry.example.com/web@sha256:${number.toString(16).padStart(64, '0')}`,
    cause: 'Commit',
    createdAt: '2026-01-01T00:00:00Z',
    ...fields,
  };
}

export function anObservation(fields: Partial<Observed> = {}): Observed {
  return {
    outcome: 'Running',
    message: '0 of 1 replicas are ready.',
    progress: '0',
    available: true,
    sides: [],
    ...fields,
  };
}

export const succeeded = anObservation({
  outcome: 'Succeeded',
  message: '1 of 1 replicas are ready.',
  progress: 'all',
});

/** An engine with its own time and memory: what it does from one look at a Deployment to the next. */
export class EngineDriver {
  state: State = nothingYet;
  releases: KnownRelease[] = [];
  settings: Partial<Input> = {};
  nowMs = Date.UTC(2026, 0, 1);

  /** One reconcile as the controller does it: ask, act, observe, ask again. */
  look(wanted: KnownRelease | undefined, observation?: Observed, more: Partial<Input> = {}): Decision {
    this.ask(wanted, { ...more, prepared: more.prepared ?? true });
    return this.ask(wanted, { ...more, observation });
  }

  ask(wanted: KnownRelease | undefined, more: Partial<Input> = {}): Decision {
    if (wanted && !this.releases.includes(wanted)) this.releases.push(wanted);
    const decision = decide({
      state: this.state,
      releases: this.releases,
      wanted,
      strategy: strategy.parse({ progressDeadlineSeconds: 60 }),
      paused: false,
      replicas: 1,
      now: new Date(this.nowMs),
      ...this.settings,
      ...more,
    });
    // As after a restart: nothing is kept but what a status can hold.
    this.state = { ...nothingYet, ...(JSON.parse(JSON.stringify(decision.state)) as State) };
    return decision;
  }

  advance(seconds: number): void {
    this.nowMs += seconds * 1000;
  }

  /** Nothing happens meanwhile; before the next look the controller notices it. */
  setClock(bySeconds: number): void {
    this.advance(bySeconds);
    this.state = setForward(this.state, { ms: bySeconds * 1000, now: new Date(this.nowMs) });
  }

  outcomes(): string[] {
    return this.state.history.map(({ number, outcome }) => `${number} ${outcome}`);
  }
}
