import { join } from 'node:path';
import { run } from '../../../lib/run.ts';
import type { Reporter } from '../../driver.ts';
import { pushArchive } from '../../images/oci/archive.ts';
import type { Cluster } from '../cluster.ts';
import { containerdSocket } from './containerd.ts';
import { registryAddress } from './mirrors.ts';

const importDeadlineMs = 10 * 60_000;

/**
 * Pushes what the archives hold to the registry, where builds find it, and imports it into the node, where pods do. The
 * push comes first, because it refuses an archive that does not name its image; ctr would import nothing and say nothing.
 */
export async function loadArchives(cluster: Cluster, archives: readonly string[], report: Reporter): Promise<void> {
  const ctr = join(cluster.paths.state, 'bin', 'ctr');
  const images = ['-a', containerdSocket, '-n', 'k8s.io', 'images'];
  for (const archive of archives) {
    const pushed = await pushArchive(archive, { url: `http://${registryAddress(cluster)}` });
    await run(ctr, [...images, 'import', archive], { timeoutMs: importDeadlineMs });
    report.say(`loaded ${pushed.map(({ reference }) => reference).join(', ')} from ${archive}`);
  }
}
