import type { Check } from '../../crds/check/check.ts';
import type { CheckStatus, DeploymentStatus, ReleaseRecord, RolloutStatus } from '../../crds/deployment/status.ts';
import type { SummaryReason } from '../../crds/reasons/reasons.ts';
import type { Strategy } from '../../crds/strategy/strategy.ts';
import type { Hooks } from '../../crds/workload/jobs.ts';
import type { Measurement } from '../checks/run.ts';
import type { Release } from '../release.ts';
import type { Plan } from './legs.ts';

/** All that the engine remembers from one look to the next. It stands in the status, so a restart loses nothing. */
export interface State {
  /** Number of the release that served last, alone and in full. */
  readonly live: number | undefined;
  readonly rollout: RolloutStatus | undefined;
  /** Hash of the release that failed. */
  readonly refused: string | undefined;
  /** Served before the live one, and is kept running for an instant way back. */
  readonly previous?: { readonly release: number; readonly warmUntil?: string | undefined } | undefined;
  /** Waits until another rollout has ended. */
  readonly queued?: NonNullable<DeploymentStatus['queued']> | undefined;
  /** Runs of the checks of the rollout under way, or of the last one. */
  readonly checks?: readonly CheckStatus[] | undefined;
  /** Newest first. */
  readonly history: readonly ReleaseRecord[];
}

/** What has to be known of a release that exists. */
export interface KnownRelease extends Pick<Release, 'number' | 'name' | 'hash' | 'image' | 'commit' | 'trust'> {
  readonly cause: ReleaseRecord['cause'];
  /** RFC 3339, whole seconds. */
  readonly createdAt: string;
}

/** What of a target's observation the engine decides by. */
export interface Observed {
  readonly outcome: 'Running' | 'Succeeded' | 'Failed' | 'Superseded' | 'Unknown';
  readonly reason?: SummaryReason;
  readonly message: string;
  readonly progress: string;
  readonly available: boolean;
  /** Of every release that has something running. */
  readonly sides: readonly { readonly release: number; readonly ready: number; readonly weight?: number }[];
  /** Why requests from outside may not come in though replicas serve: no fault of a release. */
  readonly entrance?: Finding | undefined;
}

/** Of a release: before its first replica, and when it has all traffic. */
export type HookName = 'before' | 'after';

/** A command of a release that is to run to its end. */
export interface HookRun {
  readonly release: number;
  readonly hook: HookName;
  /** Tells this try from one before it. */
  readonly attempt: string;
  /** False while it is paused or when its time is over: what runs goes on, and nothing is begun. */
  readonly mayBegin: boolean;
}

/** What the place shows of one. */
export interface HookReport extends Pick<HookRun, 'release' | 'hook' | 'attempt'> {
  readonly outcome: 'Running' | 'Passed' | 'Failed';
  readonly message: string;
}

export interface Finding {
  readonly reason: SummaryReason;
  readonly message: string;
}

export interface Input {
  readonly state: State;
  /** Every release that exists. */
  readonly releases: readonly KnownRelease[];
  /** The one that is to serve; undefined while it cannot be told, and then what is under way goes on. */
  readonly wanted?: KnownRelease | undefined;
  /** What started it, where that is not what made it: a rollback, another try. */
  readonly cause?: ReleaseRecord['cause'] | undefined;
  /** Why it cannot be told what is wanted. */
  readonly obstacle?: Finding | undefined;
  /** Why the place does not do what it is asked; no fault of the release, so no time runs against it. */
  readonly refusal?: Finding | undefined;
  /** Those that can be measured; what the strategy names beside them holds a rollout up. */
  readonly checks?: readonly Check[] | undefined;
  /** What was measured since the last look. */
  readonly measurements?: readonly Measurement[] | undefined;
  /** Commands of releases as they are wanted now. */
  readonly hooks?: Hooks | undefined;
  /** What the place shows of those that it was asked to run. */
  readonly hookReports?: readonly HookReport[] | undefined;
  /** Why newer releases are held back. */
  readonly hold?: string | undefined;
  /** How many rollouts go before one that begins now; absent where none has to wait. */
  readonly ahead?: number | undefined;
  readonly strategy: Plan & Pick<Strategy, 'progressDeadlineSeconds'>;
  readonly paused: boolean;
  readonly replicas: number;
  /** Whether the place has prepared the release that comes. */
  readonly prepared?: boolean | undefined;
  /** What the place shows of the present aim. Absent before it was asked. */
  readonly observation?: Observed | undefined;
  readonly now: Date;
}

export type Step = (state: State, input: Input) => State;

export const phases = {
  preparing: 'Preparing',
  runningHook: 'RunningHook',
  advancing: 'Advancing',
  pausing: 'Pausing',
  checking: 'Checking',
  awaitingData: 'AwaitingData',
  awaitingApproval: 'AwaitingApproval',
  rollingBack: 'RollingBack',
} as const;
