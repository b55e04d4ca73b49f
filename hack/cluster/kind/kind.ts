import { run } from '../../lib/run.ts';
import type { Driver, DriverContext } from '../driver.ts';
import { down } from './down.ts';
import { logs } from './logs.ts';
import { probeKind } from './probe.ts';
import { readRecord } from './record.ts';
import { status } from './status.ts';
import { up } from './up.ts';

/** A cluster in Docker containers, for machines where Docker, kind and their images are at hand. */
export const kindDriver: Driver = {
  kind: 'kind',
  probe: probeKind,
  up,
  down,
  status,
  load,
  logs,
  binaries: async () => [],
};

/** Puts archives straight into the node's containerd; both kinds of archive are understood there. */
async function load({ paths, report }: DriverContext, archives: readonly string[]): Promise<void> {
  const record = await readRecord(paths);
  if (!record) throw new Error('there is no kind cluster made from here: run "up" first');
  for (const archive of archives) {
    await run('kind', ['load', 'image-archive', archive, '--name', record.cluster], { timeoutMs: 600_000 });
    report.say(`loaded ${archive}`);
  }
}
