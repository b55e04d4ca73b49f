import { join } from 'node:path';
import { cachedPackages } from '../../../hack/lib/debian.ts';

/** Folders with Debian's Docker Engine, unpacked into the cache and not installed. Undefined where it cannot be had. */
export async function dockerFolders(): Promise<string[] | undefined> {
  const cached = await cachedPackages('docker-engine', ['docker.io', 'containerd', 'runc']);
  return cached === undefined ? undefined : ['usr/sbin', 'usr/bin'].map((folder) => join(cached, folder));
}
