import { join } from 'node:path';
import { run } from '../../../lib/run.ts';
import type { Reporter } from '../../driver.ts';
import type { Cluster } from '../cluster.ts';
import { containerdSocket } from './containerd.ts';
import { registryAddress } from './mirrors.ts';

const loadDeadlineMs = 10 * 60_000;
const dockerHub = 'docker.io/';

/** Name under which the mirror holds an image: without the registry it is usually found in. */
export function mirrorName(reference: string, registry: string): string {
  const [first = '', ...rest] = reference.split('/');
  const path = rest.length > 0 && /[.:]|^localhost$/.test(first) ? rest.join('/') : reference;
  return `${registry}/${path}`;
}

/** Imports image archives into the node and pushes what they hold to the registry, where builds find it. */
export async function loadArchives(cluster: Cluster, archives: readonly string[], report: Reporter): Promise<void> {
  const ctr = join(cluster.paths.state, 'bin', 'ctr');
  const images = ['-a', containerdSocket, '-n', 'k8s.io', 'images'];
  for (const archive of archives) {
    const { stdout } = await run(ctr, [...images, 'import', '--base-name', 'docker.io/library/loaded', archive], {
      timeoutMs: loadDeadlineMs,
    });
    for (const reference of importedReferences(stdout)) {
      const target = mirrorName(reference, registryAddress(cluster));
      await run(ctr, [...images, 'push', '--plain-http', target, reference], { timeoutMs: loadDeadlineMs });
      report.say(
        `loaded ${reference.startsWith(dockerHub) ? reference.slice(dockerHub.length) : reference} as ${target}`,
      );
    }
  }
}

/** ctr prints one line per image: its name, spaces, a word. */
export function importedReferences(output: string): string[] {
  const names = output.split('\n').map((line) => /^\s*(?:unpacking\s+)?(\S+\/\S+:\S+)/.exec(line)?.[1]);
  return [...new Set(names.filter((name) => name !== undefined && !name.includes('sha256:')))] as string[];
}
