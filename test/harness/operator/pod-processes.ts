import { readdir, readFile } from 'node:fs/promises';

/**
 * Kills every process of a pod at once, as a failing kernel or a crash would. Works where the node is this machine or a
 * container on it; elsewhere it finds nothing, and the pod has to be deleted.
 */
export async function killProcessesOf(podUid: string): Promise<number> {
  const pids = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry)).map(Number);
  const groups = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cgroup`, 'utf8').catch(() => '')));
  // The systemd driver writes a UID with underscores.
  const names = [podUid, podUid.replaceAll('-', '_')];
  const found = pids.filter((_, index) => names.some((name) => groups[index]?.includes(`pod${name}`)));
  return found.filter(kill).length;
}

function kill(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch {
    return false; // it ended by itself
  }
}
