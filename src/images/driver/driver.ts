import type { BuildFailure, BuildStatus, Trust } from '../../crds/build/status.ts';
import type { SummaryReason } from '../../crds/reasons/reasons.ts';
import type { BuildStepPlan, ClonePlan, PushPlan } from '../steps/plans.ts';

/** One try at a Build. With its trust level, because what belongs to another level is never taken for it. */
export interface BuildRef {
  readonly uid: string;
  readonly trust: Trust;
  readonly attempt: number;
}

export interface Resources {
  readonly cpu?: string | undefined;
  readonly memory?: string | undefined;
}

/** Everything that one try needs, resolved. */
export interface BuildPlan extends BuildRef {
  readonly build: { readonly namespace: string; readonly name: string };
  readonly projectUid: string;
  readonly clone: ClonePlan;
  readonly image: BuildStepPlan;
  readonly push: PushPlan;
  readonly credentials: Credentials;
  readonly resources: Resources;
  readonly deadlineSeconds: number;
}

/** Secret. They live as long as the build, in reach of the one step that needs each. */
export interface Credentials {
  /** Value of the authorization header for the git host. */
  readonly authorization?: string | undefined;
  /** For a git host that is reached over ssh; both as files of OpenSSH. */
  readonly ssh?: { readonly privateKey: string; readonly knownHosts: string } | undefined;
  /** Content of a `.dockerconfigjson`. */
  readonly registryLogin?: string | undefined;
  /** What commands of a Dockerfile may mount, by id, in base64. */
  readonly buildSecrets?: Readonly<Record<string, string>> | undefined;
}

export type StageTime = NonNullable<BuildStatus['stages']>[number];
export type WorkStage = 'Clone' | 'Build' | 'Push';

export const stageMessages: Readonly<Record<WorkStage, string>> = {
  Clone: 'The commit is being fetched.',
  Build: 'The image is being built.',
  Push: 'The image is being pushed.',
};

export function isWorkStage(stage: string): stage is WorkStage {
  return Object.hasOwn(stageMessages, stage);
}

/** What is known of a try, read from caches. */
export type BuildProgress =
  | { readonly state: 'Absent' }
  | {
      readonly state: 'Running';
      readonly stage: WorkStage;
      readonly stages: readonly StageTime[];
      /** Why it does not move, where that is known: no node has room, the image is being pulled. */
      readonly message: string;
    }
  | Succeeded
  | Failed;

export interface Succeeded {
  readonly state: 'Succeeded';
  readonly stages: readonly StageTime[];
  readonly digest: string;
  readonly sizeBytes: number;
  readonly platforms: readonly string[];
  readonly dockerfile: string | undefined;
  /** What was recognised, where the repository has no Dockerfile. */
  readonly plan?: string | undefined;
  readonly cachedSteps: number | undefined;
  readonly totalSteps: number | undefined;
}

export interface Failed {
  readonly state: 'Failed';
  readonly stages: readonly StageTime[];
  readonly reason: SummaryReason;
  readonly message: string;
  readonly failure: Omit<BuildFailure, 'remedy' | 'class'>;
}

export interface Busy {
  readonly projectUid: string;
  readonly trust: Trust;
}

/**
 * A way to build. Every method may be called again at any time, also after a crash in its middle; what is built is found
 * again by the UID of the Build, its trust level and the number of the attempt.
 */
export interface BuildDriver {
  /** Returns once it is handed over, not once it runs. */
  start(plan: BuildPlan, signal: AbortSignal): Promise<void>;
  /** No I/O. */
  observe(ref: BuildRef): BuildProgress;
  /** The last lines that this stage printed, at most 200; none when its pod is gone. */
  lastLines(ref: BuildRef, stage: WorkStage, signal: AbortSignal): Promise<readonly string[]>;
  /** Ends what runs. It may still run for some seconds: see `busy`. */
  cancel(ref: BuildRef, signal: AbortSignal): Promise<void>;
  /** After the end of a try: credentials go; what people may want to read stays for some time. */
  cleanUp(ref: BuildRef, signal: AbortSignal): Promise<void>;
  /** By the UIDs of their Builds, what has something running. No I/O. */
  busy(): ReadonlyMap<string, Busy>;
}
