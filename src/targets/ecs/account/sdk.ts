import type { ECR } from '@aws-sdk/client-ecr';
import type { ECS } from '@aws-sdk/client-ecs';
import type { STS } from '@aws-sdk/client-sts';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
}

export interface SdkOptions {
  /** Takes the place of every AWS endpoint. Default: AWS's own of the region, whatever the environment says. */
  readonly endpoint?: string;
  /** Who the operator is. Default: what its pod was given (IRSA, Pod Identity). */
  readonly identity?: Credentials;
  /** Of one call, the first included. Default 3. */
  readonly maxAttempts?: number;
}

export interface Clients {
  readonly ecs: ECS;
  /** For calls that are not safe to repeat unseen: a lost answer must come back to us. */
  readonly ecsOnce: ECS;
  readonly ecr: ECR;
}

export interface Sdk {
  sts(region: string): STS;
  clients(region: string, credentials: () => Promise<Credentials>): Clients;
}

/** Without an upper bound on each attempt a silent peer would hold a reconcile until its own deadline. */
const requestHandler = { connectionTimeout: 5000, requestTimeout: 20_000, throwOnRequestTimeout: true };

/** Imported when the first Target needs it: an operator without one keeps the memory. */
export async function loadSdk({ endpoint, identity, maxAttempts = 3 }: SdkOptions): Promise<Sdk> {
  const [{ ECS }, { ECR }, { STS }] = await Promise.all([
    import('@aws-sdk/client-ecs'),
    import('@aws-sdk/client-ecr'),
    import('@aws-sdk/client-sts'),
  ]);
  const shared = (region: string) => ({
    region,
    maxAttempts,
    requestHandler,
    ignoreConfiguredEndpointUrls: true,
    ...(endpoint !== undefined && { endpoint }),
  });
  return {
    sts: (region) => new STS({ ...shared(region), ...(identity && { credentials: identity }) }),
    clients: (region, credentials) => ({
      ecs: new ECS({ ...shared(region), credentials }),
      ecsOnce: new ECS({ ...shared(region), credentials, maxAttempts: 1 }),
      ecr: new ECR({ ...shared(region), credentials }),
    }),
  };
}
