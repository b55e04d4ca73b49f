import type { Build } from '../../crds/build/build.ts';
import type { Project } from '../../crds/project/project.ts';
import type { BuildDriver } from '../../images/driver/driver.ts';
import type { Client, Informer, StatusWriter, Stored } from '../../kube/index.ts';
import type { Outbound } from '../../outbound/outbound.ts';
import type { Clock } from '../../seams/clock.ts';
import type { Admissions } from './admissions.ts';
import type { LastLines } from './last-lines.ts';
import type { BuildOptions } from './options.ts';
import type { Signer } from './signer.ts';
import type { SweepParts } from './sweep.ts';

/** What a reconcile works with. */
export interface BuildParts extends SweepParts {
  readonly client: Pick<Client, 'get' | 'delete'>;
  readonly builds: Informer<Build>;
  readonly projects: Informer<Project>;
  readonly driver: BuildDriver;
  readonly lines: LastLines;
  readonly admissions: Admissions;
  readonly outbound: Pick<Outbound, 'pinForProgram'>;
  readonly signer: Signer;
  readonly status: StatusWriter<Build>;
  /** Told of every status that was written, so that the next look waits for it. */
  readonly wrote: (build: Stored<Build>) => void;
  readonly clock: Pick<Clock, 'now'>;
  /** Looks at another Build. */
  readonly wake: (key: string) => void;
  readonly options: BuildOptions;
}
