import type { Hook, Schedule } from '../crds/workload/jobs.ts';
import type { HookReport, HookRun } from '../rollout/engine/state.ts';
import type { Release } from '../rollout/release.ts';
import type { Scope } from './target.ts';

/** A command of a release, in its image and with its configuration. */
export interface Command extends Pick<HookRun, 'hook' | 'attempt' | 'mayBegin'>, Hook {
  readonly release: Release;
}

/** Runs commands beside the replicas. May be called again at any time, also after a crash in its middle. */
export interface Commands {
  /**
   * Begins each once, ends those of the Deployment that are not named, and tells what is known of each. Two never run
   * side by side because one took the other's place: what is to end is waited for.
   */
  run(scope: Scope, wanted: readonly Command[]): Promise<readonly HookReport[]>;
  /** Keeps the schedules of the Deployment as they are wanted, and takes away what is not. */
  schedule(scope: Scope, wanted: Scheduling): Promise<void>;
}

export interface Scheduling {
  readonly schedules: readonly Schedule[];
  /** Runs them. Without one they stand still. */
  readonly live: Release | undefined;
  /** Shows what they would run while there is no live one. */
  readonly newest: Release | undefined;
}
