import type { Driver } from '../driver.ts';
import { down } from './down.ts';
import { load } from './load.ts';
import { logs } from './logs.ts';
import { probeKind } from './probe.ts';
import { status } from './status.ts';
import { up } from './up.ts';

/** A cluster in Docker containers, for machines where Docker, kind and their images are at hand. */
export const kindDriver: Driver = {
  kind: 'kind',
  probe: probeKind,
  up,
  down,
  status,
  load: (context, archives) => load(context, archives),
  logs,
  binaries: async () => [],
};
