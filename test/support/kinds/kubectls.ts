import { execFile } from 'node:child_process';
import { access, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Debian 12's, the oldest that people are likely to have. */
const oldVersion = '1.20.2';

export interface Output {
  ok: boolean;
  text: string;
}

export async function kubectl(binary: string, kubeconfig: string, ...args: string[]): Promise<Output> {
  try {
    const { stdout, stderr } = await run(binary, [`--kubeconfig=${kubeconfig}`, ...args], { timeout: 30_000 });
    return { ok: true, text: stdout + stderr };
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    return { ok: false, text: stdout + stderr };
  }
}

/** The kubectl of Debian's archive, unpacked into the cache and never installed; undefined where it cannot be had. */
export async function oldKubectl(): Promise<string | undefined> {
  const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'vish', 'kubectl');
  const binary = join(cache, oldVersion, 'usr', 'bin', 'kubectl');
  if (await isThere(binary)) return binary;
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, 'unpack-'));
  try {
    await run('apt-get', ['download', 'kubernetes-client'], { cwd: folder, timeout: 120_000 });
    const [archive = ''] = await readdir(folder);
    if (!archive.includes(oldVersion)) return undefined;
    await run('dpkg-deb', ['-x', archive, 'content'], { cwd: folder });
    await rename(join(folder, 'content'), join(cache, oldVersion));
    return binary;
  } catch {
    return undefined;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The one that is first on PATH, if any. */
export async function machineKubectl(): Promise<string | undefined> {
  const folders = (process.env['PATH'] ?? '').split(':');
  for (const folder of folders) if (await isThere(join(folder, 'kubectl'))) return join(folder, 'kubectl');
  return undefined;
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
