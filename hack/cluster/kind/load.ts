import { run } from '../../lib/run.ts';
import type { DriverContext } from '../driver.ts';
import { pushArchive } from '../images/oci/archive.ts';
import { readRecord } from './record.ts';

/** Puts archives into the node's containerd, where pods find them, and into the registry, where builds do. */
export async function load(
  { paths, report }: DriverContext,
  archives: readonly string[],
  push: typeof pushArchive = pushArchive,
): Promise<void> {
  const record = await readRecord(paths);
  if (!record) throw new Error('there is no kind cluster made from here: run "up" first');
  for (const archive of archives) {
    await run('kind', ['load', 'image-archive', archive, '--name', record.cluster], { timeoutMs: 600_000 });
    const pushed = await push(archive, { url: `http://127.0.0.1:${record.registry}` });
    report.say(`loaded ${pushed.map(({ reference }) => reference).join(', ')} from ${archive}`);
  }
}
