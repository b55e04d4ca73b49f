import { access, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheRoot } from '../../../hack/cluster/build/builder.ts';
import { unpackPackages } from '../../../hack/lib/debian.ts';

/** OpenSSH's server, and where the libraries lie that came with it. */
export interface Sshd {
  readonly program: string;
  readonly libraries: string | undefined;
}

const cached = () => join(cacheRoot(), 'openssh-server');

/** That of this machine, or of Debian's package, unpacked into the cache. Undefined where there is neither. */
export async function findSshd(): Promise<Sshd | undefined> {
  if (await isThere('/usr/sbin/sshd')) return { program: '/usr/sbin/sshd', libraries: undefined };
  const program = join(cached(), 'usr/sbin/sshd');
  if (!(await isThere(program)) && !(await unpack())) return undefined;
  return { program, libraries: await librariesIn(join(cached(), 'usr/lib')) };
}

/** libwrap is the one library that a machine without the server lacks. */
function unpack(): Promise<boolean> {
  return unpackPackages(['openssh-server', 'libwrap0'], async (folder) => {
    await rename(folder, cached()).catch(async (error: unknown) => {
      // Another test file was quicker.
      if (!(await isThere(cached()))) throw error;
    });
  });
}

async function librariesIn(folder: string): Promise<string | undefined> {
  const name = (await readdir(folder)).find((each) => each.endsWith('-linux-gnu'));
  return name === undefined ? undefined : join(folder, name);
}

function isThere(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
