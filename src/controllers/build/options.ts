import type { JobOptions } from '../../images/driver/job/options.ts';
import type { BuildStepPlan, SourceLimits } from '../../images/steps/plans.ts';
import type { Exception } from '../../outbound/outbound.ts';

/** The operator's settings for builds. */
export interface BuildOptions extends JobOptions {
  /** What derived Dockerfiles begin with. Absent: the table of src/images/analysis. */
  readonly baseImages?: BuildStepPlan['baseImages'] | undefined;
  readonly provenance: boolean;
  readonly sbomGenerator?: string | undefined;
  /** For Builds that name none. */
  readonly deadlineSeconds: number;
  /** Builds at the same time, over all Projects. */
  readonly maxConcurrent: number;
  /** No Build may ask for more. */
  readonly maxCpu: string | number;
  readonly maxMemory: string | number;
  /** How much of a repository is taken. */
  readonly source: SourceLimits;
  /** Code of anybody may run although its pod reaches the API server. */
  readonly untrustedWithoutNetworkPolicy: boolean;
  /** What the push step may reach; the same rules as the operator's own outbound client. */
  readonly outbound: {
    readonly clusterRanges: readonly string[];
    readonly apiServers: readonly string[];
    readonly exceptions: readonly Exception[];
  };
}

export const maxAttempts = 3;
