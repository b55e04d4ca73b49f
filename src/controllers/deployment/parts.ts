import type { Measurer } from '../../checks/measurer.ts';
import type { Deployment } from '../../crds/deployment/deployment.ts';
import type { DeploymentStatus } from '../../crds/deployment/status.ts';
import type { Client, Logger } from '../../kube/index.ts';
import type { Read } from '../../objects/wire.ts';
import type { Finding } from '../../rollout/engine/state.ts';
import type { Clock } from '../../seams/clock.ts';
import type { ClockJumps } from './jumps.ts';
import type { Look, Stores } from './look.ts';
import type { FindTarget } from './ports.ts';

/** What the reconcile is put together from. */
export interface Parts {
  readonly client: Client;
  readonly clock: Clock;
  readonly stores: Stores;
  readonly measurer: Measurer;
  readonly jumps: Pick<ClockJumps, 'forget'>;
  readonly findTarget: FindTarget;
  lookAt(deployment: Read<Deployment>, run: { signal: AbortSignal; log: Logger }): Look;
  /**
   * One request, or none when nothing differs. With a summary, people are told when it is another one. Resolves with the
   * Deployment as it is then, undefined when it is gone.
   */
  writeStatus(look: Look, fields: Partial<DeploymentStatus>, summary?: Finding): Promise<Read<Deployment> | undefined>;
}
