import { strategy } from '../../crds/strategy/strategy.ts';
import type { Release } from '../../rollout/release.ts';
import type { Intent, Observation, Scope, Step, Target } from '../target.ts';
import type { TargetRig } from './rig.ts';

/** How calls are made. */
export interface Manner {
  /** How often the n-th call is made before the next one. */
  readonly timesOf?: (call: number) => number;
  /** Every call finds a new instance and no memory, as if the operator died after each. */
  readonly forgetful?: boolean;
}

/** A place that needs more calls than this for one change of a few replicas does not get nearer to its end. */
const maxCalls = 60;

export function intentFor(release: Release, intent: Partial<Intent> = {}): Intent {
  return { release, others: [], replicas: 2, strategy: strategy.parse({}), paused: false, ...intent };
}

/** Calls a target as the controller does: until it is done, handing back what it asked to remember. */
export class Drive {
  private readonly rig: TargetRig;
  private readonly manner: Manner;
  private target: Target;
  private memory: unknown;
  private calls = 0;

  constructor(rig: TargetRig, manner: Manner = {}) {
    this.rig = rig;
    this.manner = manner;
    this.target = rig.newTarget();
  }

  /** Prepares and advances until the outcome is decided. */
  async to(intent: Intent): Promise<Observation> {
    await this.prepare(intent);
    for (let count = 0; count < maxCalls; count++) {
      await this.advance(intent);
      await this.rig.settle();
      const observation = await this.observe(intent);
      if (observation.outcome !== 'Running') return observation;
    }
    throw new Error(`after ${maxCalls} steps release ${intent.release.number} is still on its way`);
  }

  /** Prepares and advances `steps` times, whatever comes of it: for what never ends. */
  async towards(intent: Intent, steps: number): Promise<Observation> {
    await this.prepare(intent);
    for (let count = 0; count < steps; count++) {
      await this.advance(intent);
      await this.rig.settle();
    }
    return this.observe(intent);
  }

  prepare(intent: Intent): Promise<void> {
    return this.untilDone((target, scope) => target.prepare(scope, intent));
  }

  advance(intent: Intent): Promise<Step> {
    return this.call((target, scope) => target.advance(scope, intent));
  }

  observe(intent: Intent): Promise<Observation> {
    return this.call((target, scope) => target.observe(scope, intent));
  }

  forget(releases: readonly Release[]): Promise<void> {
    return this.untilDone((target, scope) => target.forget(scope, releases));
  }

  remove(): Promise<void> {
    return this.untilDone((target, scope) => target.remove(scope));
  }

  private async untilDone(call: (target: Target, scope: Scope) => Promise<Step>): Promise<void> {
    for (let count = 0; count < maxCalls; count++) {
      if ((await this.call(call)).done) return;
      await this.rig.settle();
    }
    throw new Error(`after ${maxCalls} calls it is still not done`);
  }

  private async call<T extends { readonly memory?: unknown }>(
    call: (target: Target, scope: Scope) => Promise<T>,
  ): Promise<T> {
    const times = this.manner.timesOf?.(this.calls++) ?? 1;
    let result = await this.once(call);
    for (let count = 1; count < times; count++) result = await this.once(call);
    return result;
  }

  private async once<T extends { readonly memory?: unknown }>(
    call: (target: Target, scope: Scope) => Promise<T>,
  ): Promise<T> {
    const result = await call(this.target, this.rig.scope(this.memory));
    // It is kept in a status, so only what JSON holds comes back.
    if (result.memory !== undefined) this.memory = JSON.parse(JSON.stringify(result.memory));
    if (this.manner.forgetful === true) {
      this.memory = undefined;
      this.target = this.rig.newTarget();
    }
    return result;
  }
}
