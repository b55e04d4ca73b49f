import { readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../lib/run.ts';
import { runFolder } from '../bare/machine/ownership.ts';
import { markVariable } from '../bare/supervisor.ts';
import { cacheRoot } from '../build/builder.ts';
import { findMarked } from '../process-table.ts';

/** What a cluster could leave behind, by kind; each a sorted list, so that two can be compared. */
export type Snapshot = Readonly<Record<string, readonly string[]>>;

/** Folders that parts of a node write to by themselves. */
const watchedFolders = ['/run', '/var/lib', '/var/log', '/opt', '/etc/cni', '/run/netns', '/var/lib/cni', '/dev/shm'];
const watchedSettings = [
  'net/ipv4/ip_forward',
  'net/ipv4/conf/all/route_localnet',
  'kernel/panic',
  'vm/overcommit_memory',
];

/** Looks at the machine as it is now; of the processes only at those of the cluster with this state folder. */
export async function takeSnapshot(state: string): Promise<Snapshot> {
  const [mounts, links, routes, rules4, rules6, tables, sets] = await Promise.all([
    readFile('/proc/self/mounts', 'utf8'),
    output('ip', ['-o', 'link']),
    output('ip', ['route', 'show', 'table', 'all']),
    output('iptables-save', []),
    output('ip6tables-save', []),
    output('nft', ['list', 'tables']),
    output('ipset', ['list', '-n']),
  ]);
  return {
    processes: await clusterProcesses(state),
    // Base images may be in the making at the same time, below these two.
    mounts: lines(mounts).filter((line) => !line.includes(cacheRoot()) && !line.includes(tmpdir())),
    links: lines(links).map(linkName),
    routes: lines(routes),
    rules: [...lines(rules4), ...lines(rules6)].filter((line) => /^[*:-]/.test(line)).map(withoutCounters),
    tables: lines(tables),
    sets: lines(sets),
    cgroups: await cgroups(),
    files: (await Promise.all(watchedFolders.map(entries))).flat(),
    settings: await Promise.all(watchedSettings.map(setting)),
  };
}

/** What one snapshot has and the other lacks, as lines of a diff; empty when both are the same. */
export function compareSnapshots(before: Snapshot, after: Snapshot): string[] {
  return Object.keys(before).flatMap((kind) => {
    const [old, now] = [new Set(before[kind]), new Set(after[kind])];
    const gone = [...old].filter((entry) => !now.has(entry)).map((entry) => `- ${kind}: ${entry}`);
    const added = [...now].filter((entry) => !old.has(entry)).map((entry) => `+ ${kind}: ${entry}`);
    return gone.concat(added);
  });
}

/** Processes of the cluster, by mark or by what they were started with. Others come and go on any machine. */
async function clusterProcesses(state: string): Promise<string[]> {
  const marked = await findMarked(markVariable);
  const own = new Set(marked.filter(({ mark }) => mark.startsWith(`${state}#`)).map(({ pid }) => pid));
  const pids = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry)).map(Number);
  const commands = await Promise.all(pids.map(async (pid) => ({ pid, command: await commandOf(pid) })));
  return commands
    .filter(({ pid, command }) => own.has(pid) || command.includes(runFolder) || command.includes(`${state}/`))
    .map(({ command }) => command)
    .sort();
}

async function commandOf(pid: number): Promise<string> {
  return (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).replaceAll('\0', ' ');
}

async function cgroups(): Promise<string[]> {
  const roots = await entries('/sys/fs/cgroup');
  return (await Promise.all(roots.map(entries))).flat().filter((path) => /\/(vish|kube)[^/]*$/.test(path));
}

async function setting(name: string): Promise<string> {
  return `${name}=${(await readFile(`/proc/sys/${name}`, 'utf8').catch(() => '')).trim()}`;
}

function entries(folder: string): Promise<string[]> {
  return readdir(folder).then(
    (names) => names.map((name) => join(folder, name)).sort(),
    () => [],
  );
}

async function output(command: string, args: readonly string[]): Promise<string> {
  return (await run(command, args, { allowFailure: true })).stdout;
}

function lines(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .sort();
}

/** `:INPUT ACCEPT [12:3456]` counts packets. */
function withoutCounters(line: string): string {
  return line.replace(/ \[\d+:\d+\]$/, '');
}

/** `2: eth0@if7: <...>` is the link `eth0@if7`. */
function linkName(line: string): string {
  return line.replace(/^\d+: /, '').split(':')[0] ?? '';
}
