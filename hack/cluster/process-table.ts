import { readdir, readFile } from 'node:fs/promises';

/** When a process started, in ticks since boot: with the pid it names one process for as long as the machine runs. */
export async function startTimeOf(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  return stat === undefined ? undefined : parseStat(stat)?.started;
}

/** Reads the two fields of /proc/PID/stat we need; the command in brackets may itself hold brackets and spaces. */
export function parseStat(stat: string): { state: string; started: string } | undefined {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, started] = [fields[0], fields[19]];
  return state && started && state !== 'Z' ? { state, started } : undefined;
}

export interface MarkedProcess {
  readonly pid: number;
  readonly started: string;
  /** What it was started as, word by word. */
  readonly command: readonly string[];
  /** Value of the marker variable. */
  readonly mark: string;
}

/**
 * Every living process whose environment holds `variable`. Children inherit it, so what a part of the cluster started
 * is found too, even when the part itself is gone; a process that only reuses an old pid is never found.
 */
export async function findMarked(variable: string): Promise<MarkedProcess[]> {
  const pids = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry));
  const found = await Promise.all(pids.map((pid) => markOf(Number(pid), variable)));
  return found.filter((entry) => entry !== undefined);
}

async function markOf(pid: number, variable: string): Promise<MarkedProcess | undefined> {
  const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
  const entry = environment.split('\0').find((line) => line.startsWith(`${variable}=`));
  if (!entry) return undefined;
  const started = await startTimeOf(pid);
  const command = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0').slice(0, -1);
  if (started === undefined) return undefined;
  return { pid, started, command, mark: entry.slice(variable.length + 1) };
}
