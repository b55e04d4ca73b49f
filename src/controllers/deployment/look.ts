import type { Measurer } from '../../checks/measurer.ts';
import type { Build } from '../../crds/build/build.ts';
import type { Deployment } from '../../crds/deployment/deployment.ts';
import type { Project } from '../../crds/project/project.ts';
import type { Client, Informer, KubeObject, Logger, Resource } from '../../kube/index.ts';
import type { Read } from '../../objects/wire.ts';
import type { ControllerRevision } from '../../objects/workloads.ts';
import type { ConfigurationReader } from './configuration/configuration.ts';
import type { ClockLook } from './jumps.ts';
import type { LookAtSource, PlanBuild, ResolveImage, VerifyImage } from './ports.ts';
import type { Turns } from './queue/turns.ts';
import type { StoredRelease } from './release/revision.ts';

export interface Stores {
  readonly deployments: Informer<Deployment>;
  readonly projects: Informer<Project>;
  readonly builds: Informer<Build>;
  readonly revisions: Informer<ControllerRevision>;
  /** Metadata alone. */
  readonly configMaps: Informer<KubeObject>;
}

/** One look at one Deployment: what was read, and what may be called. */
export interface Look {
  readonly deployment: Read<Deployment>;
  /** Newest first. */
  readonly releases: readonly StoredRelease[];
  readonly stores: Stores;
  readonly client: Client;
  readonly configuration: ConfigurationReader;
  readonly lookAtSource: LookAtSource;
  readonly resolveImage: ResolveImage;
  readonly verifyImage: VerifyImage;
  readonly planBuild: PlanBuild;
  readonly measurer: Measurer;
  readonly turns: Pick<Turns, 'enter' | 'settle'>;
  /** Notes a write, so that the next look waits until the caches hold it. */
  readonly wrote: (resource: Resource, object: Read<KubeObject>) => void;
  readonly deleted: (resource: Resource, object: Read<KubeObject>) => void;
  readonly now: Date;
  readonly clockLook: ClockLook;
  readonly signal: AbortSignal;
  readonly log: Logger;
}
