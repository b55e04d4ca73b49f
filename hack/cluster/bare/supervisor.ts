import { spawn } from 'node:child_process';
import { mkdir, open, readFile, rename, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { sleep } from '../../../src/seams/clock.ts';
import { systemClock } from '../../../src/seams/system.ts';
import type { Binaries } from '../build/builder.ts';
import type { PartStatus } from '../driver.ts';
import { findMarked, type MarkedProcess, startTimeOf } from '../process-table.ts';
import type { Cluster } from './cluster.ts';
import type { Component } from './component.ts';

/** Set in the environment of every process of a cluster: `<state folder>#<component>`. */
export const markVariable = 'VISH_CLUSTER_PROCESS';

const healthDeadlineMs = 60_000;
/** A component that runs but is not healthy gets this long before it is started anew. */
const recoveryMs = 10_000;
const pollMs = 50;
const stopDeadlineMs = 5000;
const maxLogBytes = 20 * 1024 * 1024;

/**
 * Starts what is missing, restarts what is broken or runs with other arguments than wanted, leaves the rest alone.
 * Components start as soon as those that they need are healthy.
 */
export async function ensureRunning(
  cluster: Cluster,
  components: readonly Component[],
  binaries: Binaries,
): Promise<void> {
  const running = await processesOf(cluster);
  const ready = new Map<string, Promise<void>>();
  for (const component of components) {
    const needs = component.needs.map((name) => ready.get(name) ?? Promise.resolve());
    const started = Promise.all(needs).then(() => ensureOne(cluster, component, binaries, running));
    ready.set(component.name, started);
  }
  const results = await Promise.allSettled(ready.values());
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
}

async function ensureOne(
  cluster: Cluster,
  component: Component,
  binaries: Binaries,
  running: readonly MarkedProcess[],
): Promise<void> {
  const command = commandOf(cluster, component, binaries);
  const current = processesItself(cluster, component, running);
  if (current.some((found) => runs(found, command))) {
    if (await becomesHealthy(cluster, component, recoveryMs)) return;
  }
  await stopAll(current);
  await component.prepare?.(cluster, binaries);
  await start(cluster, component, { command, env: component.env?.(cluster, binaries) ?? {} });
}

/** What would point a part at another cluster than its own. */
const misleading = new Set(['KUBECONFIG', 'KUBERNETES_SERVICE_HOST', 'KUBERNETES_SERVICE_PORT']);

function cleanEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !misleading.has(name)));
}

interface Launch {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Starts a process in a session of its own, so that it outlives this command, and waits until it does its work. */
async function start(cluster: Cluster, component: Component, { command, env }: Launch): Promise<void> {
  const [binary = '', ...args] = command;
  const log = await openLog(cluster, component.name);
  const mark = markOf(cluster, component.name);
  const child = spawn(binary, args, {
    detached: true,
    cwd: cluster.paths.state,
    stdio: ['ignore', log.fd, log.fd],
    env: { ...cleanEnvironment(), ...env, [markVariable]: mark },
  });
  let ended: string | undefined;
  child.once('error', (error) => (ended = error.message));
  child.once('exit', (code, signal) => (ended = `ended with ${signal ?? `code ${code}`}`));
  child.unref();
  await log.close();
  const healthy = await becomesHealthy(cluster, component, healthDeadlineMs, () => ended !== undefined);
  if (!healthy) throw new Error(await explain(cluster, component, ended));
}

async function becomesHealthy(
  cluster: Cluster,
  component: Component,
  deadlineMs: number,
  isOver: () => boolean = () => false,
): Promise<boolean> {
  const deadline = systemClock.monotonic() + deadlineMs;
  while (systemClock.monotonic() < deadline && !isOver()) {
    if (await isHealthy(cluster, component)) return true;
    await sleep(systemClock, pollMs);
  }
  return false;
}

async function isHealthy(cluster: Cluster, component: Component): Promise<boolean> {
  return component.check(cluster).then(
    () => true,
    () => false,
  );
}

async function explain(cluster: Cluster, component: Component, ended: string | undefined): Promise<string> {
  const reason = ended ?? (await component.check(cluster).then(() => 'just recovered', String));
  const log = await readFile(logFile(cluster, component.name), 'utf8').catch(() => '');
  const tail = log.trimEnd().split('\n').slice(-8).join('\n');
  return `${component.name} did not start (${reason}). The end of ${logFile(cluster, component.name)}:\n${tail}`;
}

/** Health of every component, by asking each one; a process that is gone is named as such. */
export async function inspect(cluster: Cluster, components: readonly Component[]): Promise<PartStatus[]> {
  const running = await processesOf(cluster);
  return Promise.all(
    components.map(async (component) => {
      const [found] = processesItself(cluster, component, running);
      if (!found) return { name: component.name, healthy: false, detail: 'not running' };
      const problem = await component.check(cluster).then(() => undefined, reasonOf);
      const detail = problem ?? component.address?.(cluster) ?? 'running';
      return { name: component.name, healthy: problem === undefined, detail, pid: found.pid };
    }),
  );
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Every process of the cluster, including what its components started. */
export async function processesOf(cluster: Cluster): Promise<MarkedProcess[]> {
  const all = await findMarked(markVariable);
  return all.filter((process) => process.mark.startsWith(`${cluster.mark}#`));
}

export function markOf(cluster: Cluster, component: string): string {
  return `${cluster.mark}#${component}`;
}

/**
 * The component itself. Children inherit its mark, and those of containerd must outlive it: they hold the containers,
 * and a containerd that starts again finds them.
 */
function processesItself(cluster: Cluster, component: Component, running: readonly MarkedProcess[]): MarkedProcess[] {
  const mark = markOf(cluster, component.name);
  return running.filter((found) => found.mark === mark && basename(found.command[0] ?? '') === component.binary);
}

function runs(found: MarkedProcess, command: readonly string[]): boolean {
  return found.command.length === command.length && found.command.every((word, at) => word === command[at]);
}

function commandOf(cluster: Cluster, component: Component, binaries: Binaries): string[] {
  const binary = component.binary === 'node' ? process.execPath : binaries[component.binary];
  if (binary === undefined) throw new Error(`${component.name}: ${component.binary} is not among the built tools`);
  return [binary, ...component.args(cluster, binaries)];
}

/** Ends the components in reverse order of their needs, then whatever else carries the cluster's mark. */
export async function stopComponents(cluster: Cluster, components: readonly Component[]): Promise<void> {
  for (const component of components.toReversed()) {
    const running = await processesOf(cluster);
    await stopAll(running.filter((process) => process.mark === markOf(cluster, component.name)));
  }
  await stopAll(await processesOf(cluster));
}

/** Ends one component without a word, as a crash does; gone when it resolves. `ensureRunning` starts it again. */
export async function killComponent(cluster: Cluster, component: string): Promise<void> {
  const mark = markOf(cluster, component);
  const running = (await processesOf(cluster)).filter((process) => process.mark === mark);
  if (running.length === 0) throw new Error(`kill ${component}: it does not run`);
  await signalAll(running, 'SIGKILL');
  while (await anyAlive(running)) await sleep(systemClock, pollMs);
}

/** Asks processes to end and kills those that do not; a pid that now belongs to another process is left alone. */
export async function stopAll(processes: readonly MarkedProcess[]): Promise<void> {
  if (processes.length === 0) return;
  const deadline = systemClock.monotonic() + stopDeadlineMs;
  await signalAll(processes, 'SIGTERM');
  while (await anyAlive(processes)) {
    if (systemClock.monotonic() > deadline) await signalAll(processes, 'SIGKILL');
    await sleep(systemClock, pollMs);
  }
}

async function signalAll(processes: readonly MarkedProcess[], signal: NodeJS.Signals): Promise<void> {
  for (const { pid, started } of processes) {
    if ((await startTimeOf(pid)) !== started) continue;
    try {
      process.kill(pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}

async function anyAlive(processes: readonly MarkedProcess[]): Promise<boolean> {
  const starts = await Promise.all(processes.map(({ pid }) => startTimeOf(pid)));
  return processes.some(({ started }, at) => starts[at] === started);
}

export function logFile(cluster: Cluster, component: string): string {
  return join(cluster.logs, `${component}.log`);
}

/** A log grows only until the next start: then the full one becomes `.old` and the one before it goes. */
async function openLog(cluster: Cluster, component: string) {
  await mkdir(cluster.logs, { recursive: true });
  const file = logFile(cluster, component);
  const size = await stat(file).then(
    (found) => found.size,
    () => 0,
  );
  if (size > maxLogBytes) await rename(file, `${file}.old`);
  return open(file, 'a');
}
