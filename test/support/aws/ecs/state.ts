import type { Json } from '../wire.ts';

export const account = '123456789012';
export const region = 'eu-central-1';
export const arnOf = (rest: string) => `arn:aws:ecs:${region}:${account}:${rest}`;

export interface DefinitionState {
  readonly arn: string;
  readonly family: string;
  readonly revision: number;
  readonly input: Json;
  readonly tags: Json[];
  active: boolean;
}

export interface RevisionState {
  readonly arn: string;
  readonly taskDefinition: string;
  readonly network: unknown;
}

/** The old view: one for each service revision that has tasks. */
export interface DeploymentState {
  readonly id: string;
  readonly revision: RevisionState;
  readonly createdAt: number;
  status: 'PRIMARY' | 'ACTIVE';
  running: number;
  failed: number;
  rollout: 'IN_PROGRESS' | 'COMPLETED' | 'FAILED';
}

/** A service deployment. */
export interface AttemptState {
  readonly arn: string;
  readonly target: RevisionState;
  readonly sources: readonly RevisionState[];
  readonly createdAt: number;
  status: string;
  stage: string;
  reason?: string;
  finishedAt?: number;
  back?: { revision: RevisionState; startedAt: number };
  failures: number;
}

export interface ServiceState {
  readonly name: string;
  readonly arn: string;
  readonly createdAt: number;
  readonly token: string | undefined;
  readonly tags: Json[];
  readonly launchType: unknown;
  status: 'ACTIVE' | 'DRAINING' | 'INACTIVE';
  taskDefinition: string;
  desired: number;
  configuration: Json;
  network: unknown;
  deployments: DeploymentState[];
  /** Oldest first. */
  attempts: AttemptState[];
  /** What a release that completed can be gone back to. */
  completed: RevisionState | undefined;
}

export interface StoppedTask {
  readonly arn: string;
  readonly service: string;
  readonly taskDefinition: string;
  readonly at: number;
}

export interface EcsState {
  clusters: string[];
  definitions: DefinitionState[];
  services: ServiceState[];
  stopped: StoppedTask[];
  /** Seconds; each thing that is made is younger than the one before. */
  clock: number;
}

export const emptyState = (): EcsState => ({
  clusters: ['apps'],
  definitions: [],
  services: [],
  stopped: [],
  clock: 1_780_000_000,
});
