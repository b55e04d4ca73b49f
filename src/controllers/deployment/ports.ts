import type { Build } from '../../crds/build/build.ts';
import type { Deployment } from '../../crds/deployment/deployment.ts';
import type { DeploymentStatus } from '../../crds/deployment/status.ts';
import type { Project } from '../../crds/project/project.ts';
import type { Source } from '../../crds/source/source.ts';
import type { Read } from '../../objects/wire.ts';
import type { Finding } from '../../rollout/engine/state.ts';
import type { Target } from '../../targets/target.ts';

/*
 * What the controller needs of others. Refusals that a condition can carry are thrown as errors with `reason` (one of the
 * table) and `message`, or given back as a Finding; every other error is a fault and tried again.
 */

export interface CommitRequest {
  readonly deployment: Read<Deployment>;
  readonly project: Read<Project>;
  readonly ref: Pick<Source, 'branch' | 'tag' | 'commit'>;
  readonly signal: AbortSignal;
}

export interface CommitLook {
  /** The last good answer, also when a later look failed. */
  readonly known: { readonly commit: string; readonly repositoryId: string } | undefined;
  readonly error: Finding | undefined;
  /** When to ask again. */
  readonly nextLookMs: number;
}

/** Follows the ref of a Project's repository. Answers from memory between two looks. */
export type LookAtSource = (request: CommitRequest) => Promise<CommitLook>;

export interface ImageRequest {
  readonly deployment: Read<Deployment>;
  readonly signal: AbortSignal;
}

/** The image by digest. Throws where the registry does not give it. */
export type ResolveImage = (image: string, request: ImageRequest) => Promise<string>;

/** Throws where the cluster takes only signed images and this one, by digest, is not. */
export type VerifyImage = (image: string, request: ImageRequest) => Promise<void>;

export interface BuildRequest {
  readonly project: Read<Project>;
  /** A name in `services`, or the Project's own. */
  readonly service: string;
  readonly commit: string;
  readonly repositoryId: string;
}

/** The Build that makes the image of a commit, without owner. The same request gives the same name. */
export type PlanBuild = (request: BuildRequest) => Pick<Build, 'spec'> & { metadata: { name: string } };

/** A place, and what goes with it. */
export interface Binding {
  readonly target: Target;
  /** Field of the status that holds what the place wants to remember. */
  readonly memoryIn?: keyof Pick<DeploymentStatus, 'ecs'>;
  /** True: garbage collection does not reach it, so the Deployment waits for its removal with a finalizer. */
  readonly outside: boolean;
  /** How often to look at a place that tells nothing by itself. */
  readonly pollMs?: number;
}

/** The place of a Deployment, or why there is none. */
export type FindTarget = (deployment: Read<Deployment>) => Binding | Finding;
