import { realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ClusterPaths } from './driver.ts';

/** The cluster that `make quickstart` makes and whose kubeconfig stands at `.vish/kubeconfig`. */
export const defaultName = 'vish';

const checkout = dirname(dirname(import.meta.dirname));

/** A name becomes a folder, a kubeconfig context and a cgroup, so it is held to what all of them take. */
const namePattern = /^[a-z0-9]([a-z0-9-]{0,28}[a-z0-9])?$/;

/** Where a cluster's things lie; refuses names that could not be a folder or would escape it. */
export function pathsOf(name: string, root = checkout): ClusterPaths {
  if (!namePattern.test(name)) {
    throw new Error(`"${name}" is not a cluster name: use 1 to 30 lower-case letters, digits and inner hyphens`);
  }
  const folder = behindLink(join(root, '.vish'));
  const state = join(folder, 'clusters', name);
  const kubeconfig = name === defaultName ? join(folder, 'kubeconfig') : join(state, 'kubeconfig');
  return { checkout: root, state, kubeconfig };
}

/** Checkouts that share one folder by a link share its clusters: each is known by one path. */
function behindLink(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path; // there is none yet
  }
}
