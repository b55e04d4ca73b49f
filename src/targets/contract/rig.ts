import type { Workload } from '../../crds/workload/workload.ts';
import type { Release } from '../../rollout/release.ts';
import type { Scope, Target } from '../target.ts';
import type { Drive } from './drive.ts';

/** What differs from the rig's own app in one release. The number alone must make two releases different. */
export interface ReleaseOverrides {
  readonly image?: string;
  readonly workload?: Partial<Workload>;
}

/** What exists at the place, in words that are the same in every rig: no UIDs, generated names or times. */
export interface Inventory {
  /** Replicas by release number; releases with none are left out. */
  readonly running: Readonly<Record<number, number>>;
  /** Numbers of the releases of which the place still knows something. */
  readonly releases: readonly number[];
  /** Everything else that was made for the Deployment. */
  readonly objects: unknown;
  /** What belongs to somebody else, as `occupy` and `supersede` made it. */
  readonly foreign: unknown;
}

/**
 * One Deployment at one place, new and empty, that a test moves by hand. Whatever it opens it closes with the test
 * (`onTestFinished`).
 */
export interface TargetRig {
  /** A new instance, as after a restart of the operator: what an earlier one kept in memory is lost. */
  newTarget(): Target;
  scope(memory: unknown): Scope;
  /** The same app in each release but for the number; the same release when asked again. Stores what the controller stores. */
  makeRelease(number: number, overrides?: ReleaseOverrides): Promise<Release>;
  /** Lets the place move until it stands still with what it was told, and until the target can see that. */
  settle(): Promise<void>;
  /** From now on replicas of that release start and never can serve. Called before the release is made. */
  breakRelease(number: number): Promise<void>;
  /** Somebody else puts something in the place of the release that is rolled out. */
  supersede(): Promise<void>;
  /** The place answers nothing any more. */
  becomeUnreachable(): Promise<void>;
  /** Before any call: an object of somebody else has a name that the target needs. */
  occupy(): Promise<void>;
  /** What the controller does after `forget`: the release leaves the history. */
  dropRelease(release: Release): Promise<void>;
  /** What happens after `remove`: the Deployment goes, and with it what garbage collection takes. */
  dropDeployment(): Promise<void>;
  inventory(): Promise<Inventory>;
}

export type MakeRig = () => Promise<TargetRig>;

/** What a rule finds: an empty place, and a way to get another one. */
export interface World {
  readonly rig: TargetRig;
  readonly drive: Drive;
  readonly makeRig: MakeRig;
}

/** Tests by what they say. */
export type Rules = Readonly<Record<string, (world: World) => Promise<void>>>;
