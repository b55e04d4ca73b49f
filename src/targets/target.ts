import type { Deployment } from '../crds/deployment/deployment.ts';
import type { SummaryReason } from '../crds/reasons/reasons.ts';
import type { CanaryStep } from '../crds/strategy/steps.ts';
import type { Strategy, StrategyType } from '../crds/strategy/strategy.ts';
import type { Logger } from '../kube/index.ts';
import type { ConfigurationCopy, Release } from '../rollout/release.ts';
import type { Commands } from './commands.ts';

/** What a place can do. What it cannot is refused before anything changes, with the alternative named. */
export interface Capabilities {
  readonly strategies: readonly StrategyType[];
  /** Keeps the previous release running for an instant way back. */
  readonly warmPrevious: boolean;
  /** Splits traffic by weight. */
  readonly weights: boolean;
  /** Whether tracked ConfigMaps and Secrets can be given to the app. */
  readonly configuration: boolean;
  /** Runs commands of a release beside its replicas. */
  readonly commands: boolean;
}

/** The Deployment that a call is about, and what goes with every call. */
export interface Scope {
  readonly deployment: Deployment;
  /** What this target returned last as `memory`, from the status. Never the only source: a crash may have lost it. */
  readonly memory: unknown;
  readonly signal: AbortSignal;
  readonly log: Logger;
}

/** What a release is rendered from. */
export interface RenderInput {
  readonly deployment: Deployment;
  readonly name: string;
  readonly image: string;
  readonly configuration: readonly ConfigurationCopy[];
  /** Names of Secrets that the image can be pulled with when the place's settings name none. */
  readonly pullSecrets?: readonly string[];
  /** Changes with every restart that was asked for; part of what is rendered, so that a repeated call restarts nothing. */
  readonly restartedAt?: string;
  /** Labels of pods that were taken over: what the user finds them by finds those of every later release too. */
  readonly podLabels?: Readonly<Record<string, string>> | undefined;
}

/** How far a release is to come. */
export interface Stage extends Pick<CanaryStep, 'headers' | 'mirrorPercent'> {
  /** Percent of the traffic. */
  readonly weight: number;
  readonly replicas: number;
}

/** Which release is to serve, and how the change is to go. */
export interface Intent {
  readonly release: Release;
  /** Serves until `release` can. Absent for the first one. */
  readonly from?: Release;
  /** How much of the traffic `release` is to get, and how large it is to be. Absent where traffic goes with the replicas. */
  readonly stage?: Stage;
  /** What serves beside `release` failed or was taken back: what `release` can serve, it is to serve at once. */
  readonly goingBack?: boolean;
  /** A person went back to it: what its ready replicas cover, it is to have before all of them are there. */
  readonly hasServed?: boolean;
  /** Kept running without traffic for an instant way back. */
  readonly warm?: { readonly release: Release; readonly replicas: number };
  /** All others of the Deployment that may still have something at the place; they are to end with nothing running. */
  readonly others: readonly Release[];
  readonly replicas: number;
  readonly strategy: Strategy;
  /** Nothing moves between releases; what runs is still healed and scaled. */
  readonly paused: boolean;
}

export type Outcome =
  /** On its way. */
  | 'Running'
  /** The release serves, alone and at the wanted size; or what the stage asks for is so. */
  | 'Succeeded'
  /** The place gave up on it, or can never run it. */
  | 'Failed'
  /** Something that we did not start took the release's place. */
  | 'Superseded'
  /** Cannot be told now: the place does not answer, or what was started cannot be found. */
  | 'Unknown';

export interface Side {
  readonly release: number;
  readonly replicas: number;
  /** Can serve now. */
  readonly ready: number;
  /** Ready for minReadySeconds. */
  readonly available: number;
  /** Percent of the traffic; absent where it is spread evenly over all that is ready. */
  readonly weight?: number;
}

/** Why requests from outside may not come in, or not as they should, though the replicas serve. */
export interface Entrance {
  readonly reason: SummaryReason;
  readonly message: string;
}

export interface Observation {
  readonly outcome: Outcome;
  /** Why it is so, where the place has a reason of its own: a crash loop, a missing image. */
  readonly reason?: SummaryReason;
  /** One sentence for people. */
  readonly message: string;
  /** Of every release that has something running. */
  readonly sides: readonly Side[];
  /** Changes exactly when the rollout has come further; the progress deadline counts from the last change. */
  readonly progress: string;
  /** Whether enough replicas serve, of whichever release. */
  readonly available: boolean;
  readonly url?: string;
  /** Absent where the way in is as it should be, or the place has none of its own. */
  readonly entrance?: Entrance | undefined;
  /** Label selector of the replicas that serve live traffic, for autoscalers. */
  readonly selector?: string;
  /** What to hand back in `Scope.memory`; stored in the status, so nothing secret. */
  readonly memory?: unknown;
}

export interface Step {
  /** False: the same call is needed again, after `retryAfterMs` or when something changes. */
  readonly done: boolean;
  readonly message?: string;
  readonly retryAfterMs?: number;
  readonly memory?: unknown;
}

/** What there is to be taken over. */
export interface Found {
  /** The same for the same thing, whenever it is asked. */
  readonly id: string;
  readonly image: string;
  readonly podLabels: Readonly<Record<string, string>>;
  readonly rendered: unknown;
}

/** Takes over what somebody else runs, as a release. A TargetError says what it waits for (`Adopting`), or what is in the way. */
export interface Adoption {
  /** Undefined where there is nothing: then the first release is one of our own. */
  find(scope: Scope): Promise<Found | undefined>;
  /** Makes what was found ours; over when it returns. Says whether anything of it runs, or is to. */
  take(scope: Scope, release: Release): Promise<boolean>;
  /** Throws while somebody else runs the same beside us. Asked at every look, and answers from memory for some time. */
  check(scope: Scope): Promise<void>;
}

/** Names of what was given away, and to whom. */
export interface HandedTo {
  readonly deployment: string;
  readonly replicaSet: string;
}

/** `Lost`: what was made for it is gone, and the release is to be run by us again. */
export type HandOverResult = 'Done' | 'Wait' | 'Lost';

/** Gives what runs a release to apps/v1. A TargetError says what it waits for (`HandingOver`), or what is in the way. */
export interface HandOver {
  /** Whether it can begin; changes nothing. */
  check(scope: Scope, live: Release, name: string): Promise<HandedTo>;
  /** As far as it comes now. From its first call on nothing else may be asked of the place for this Deployment. */
  carryOut(scope: Scope, to: HandedTo): Promise<HandOverResult>;
}

/**
 * A place where releases run. Every method may be called again at any time, also after a crash in its middle, and ends in
 * the same state; `contract/` holds the tests that every place must pass. What a place refuses is a TargetError.
 */
export interface Target {
  readonly capabilities: Capabilities;
  /** Absent where nothing can be taken over. */
  readonly adoption?: Adoption;
  /** Absent where nothing can be handed over. */
  readonly handOver?: HandOver;
  /** What of the Deployment the release freezes for this place. No I/O. */
  render(input: RenderInput): unknown;
  /** Everything that comes before a replica runs: the template is accepted, the image can be pulled from there. */
  prepare(scope: Scope, intent: Intent): Promise<Step>;
  /** One step nearer to the intent; also heals and scales when the release already serves. */
  advance(scope: Scope, intent: Intent): Promise<Step>;
  /** What is there, read without changing anything. */
  observe(scope: Scope, intent: Intent): Promise<Observation>;
  /** Forgets releases that left the history. */
  forget(scope: Scope, releases: readonly Release[]): Promise<Step>;
  /** Removes what garbage collection does not, when the Deployment is deleted. */
  remove(scope: Scope): Promise<Step>;
  /** Absent where it cannot run commands. */
  readonly commands?: Commands;
}

/** A refusal that a condition can carry: the reason is from the table, the message says what to do. */
export class TargetError extends Error {
  override readonly name = 'TargetError';
  readonly reason: SummaryReason;

  constructor(reason: SummaryReason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}
