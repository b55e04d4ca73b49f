import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { cachedPackages, isThere } from '../../../hack/lib/debian.ts';

/** OpenSSH's server, and where the libraries lie that came with it. */
export interface Sshd {
  readonly program: string;
  readonly libraries: string | undefined;
}

/** libwrap is the one library that a machine without the server lacks. */
const packages = ['openssh-server', 'libwrap0'];

/** That of this machine, or of Debian's package, unpacked into the cache. Undefined where there is neither. */
export async function findSshd(): Promise<Sshd | undefined> {
  if (await isThere('/usr/sbin/sshd')) return { program: '/usr/sbin/sshd', libraries: undefined };
  const cached = await cachedPackages('openssh-server', packages);
  if (cached === undefined) return undefined;
  return { program: join(cached, 'usr/sbin/sshd'), libraries: await librariesIn(join(cached, 'usr/lib')) };
}

async function librariesIn(folder: string): Promise<string | undefined> {
  const name = (await readdir(folder)).find((each) => each.endsWith('-linux-gnu'));
  return name === undefined ? undefined : join(folder, name);
}
