import { mkdir, mkdtemp, readdir, readFile, rename, rm, utimes } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { systemClock } from '../../../src/seams/system.ts';
import { run } from '../../lib/run.ts';
import type { Reporter } from '../driver.ts';
import { withLock } from '../lock.ts';
import { verifyManifest, writeManifest } from './manifest.ts';
import { type BuildInputs, buildArguments, cacheKey } from './plan.ts';
import { type BuildTask, buildLine, withHeartbeat } from './progress.ts';
import { type Tool, type ToolId, tools } from './tools.ts';

/** Binary name to its absolute path in the cache. */
export type Binaries = Readonly<Record<string, string>>;

const modules = join(dirname(import.meta.dirname), 'tools');
const buildDeadlineMs = 30 * 60_000;

/** `$XDG_CACHE_HOME/vish`: shared by every checkout of this user, safe to delete at any time. */
export function cacheRoot(env: NodeJS.ProcessEnv = process.env): string {
  return join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'vish');
}

/** Folder of a tool's module below `tools/`, where `go` runs. */
export function moduleFolder(module: string): string {
  return join(modules, module);
}

/** Returns the paths of the wanted tools' binaries, building those that the cache does not hold unharmed. */
export async function ensureBinaries(ids: readonly ToolId[], report: Reporter): Promise<Binaries> {
  const machine = await goEnvironment();
  const wanted = await Promise.all(ids.map((id) => locate(tools[id], machine)));
  const sound = await Promise.all(wanted.map(({ tool, folder }) => verifyManifest(folder, Object.keys(tool.binaries))));
  const missing = wanted.filter((_, at) => !sound[at]);
  const total = missing.reduce((sum, { tool }) => sum + tool.seconds, 0);
  if (missing.length > 0) {
    report.say(`building ${missing.length} of ${wanted.length} tools from source (about ${total} s on 2 cores, once)`);
  }
  const began = systemClock.monotonic();
  for (const [at, place] of missing.entries()) {
    await buildOnce(place, { at: at + 1, of: missing.length, name: place.tool.name, began }, report);
  }
  await Promise.all(wanted.map(({ folder }) => markUsed(folder)));
  return Object.fromEntries(
    wanted.flatMap(({ tool, folder }) => Object.keys(tool.binaries).map((name) => [name, join(folder, name)])),
  );
}

/** Whether the cache holds all of these: a cheap look that does not read the binaries. */
export async function areBuilt(ids: readonly ToolId[]): Promise<boolean> {
  const machine = await goEnvironment();
  const places = await Promise.all(ids.map((id) => locate(tools[id], machine)));
  const found = await Promise.all(places.map(({ folder }) => readdir(folder).catch(() => [])));
  return found.every((files) => files.length > 0);
}

interface Place {
  readonly tool: Tool;
  readonly folder: string;
}

async function locate(tool: Tool, machine: Omit<BuildInputs, 'sources'>): Promise<Place> {
  const sources = await readSources(moduleFolder(tool.module));
  return { tool, folder: join(cacheRoot(), 'bin', cacheKey(tool, { ...machine, sources })) };
}

async function readSources(folder: string): Promise<Record<string, string>> {
  const names = await readdir(folder);
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name), 'utf8')])),
  );
}

async function goEnvironment(): Promise<Omit<BuildInputs, 'sources'>> {
  const { code, stdout } = await run('go', ['env', 'GOVERSION', 'GOFLAGS', 'GOOS', 'GOARCH'], { allowFailure: true });
  if (code !== 0) throw new Error('the cluster is built with Go 1.26 or newer, and no working `go` was found on PATH');
  const [goVersion = '', goFlags = '', os = '', architecture = ''] = stdout.split('\n');
  return { goVersion, goFlags, platform: `${os}-${architecture}` };
}

/** Builds into a folder of its own and renames it into place, so that nobody ever sees half a result. */
async function buildOnce({ tool, folder }: Place, task: BuildTask, report: Reporter): Promise<void> {
  const lock = {
    purpose: `building ${tool.name}`,
    deadlineMs: buildDeadlineMs,
    onWait: (holder: string) => report.say(`${tool.name}: waiting for ${holder}`),
  };
  await withLock(`${folder}.lock`, lock, async () => {
    if (await verifyManifest(folder, Object.keys(tool.binaries))) return;
    const started = systemClock.monotonic();
    const scratch = await mkdtemp(`${folder}.building-`);
    try {
      await withHeartbeat(report, task, () => compile(tool, scratch));
      await writeManifest(scratch, Object.keys(tool.binaries));
      await rm(folder, { recursive: true, force: true });
      await rename(scratch, folder);
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
    report.say(buildLine(task, 'built', systemClock.monotonic() - started));
  });
}

async function compile(tool: Tool, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const env = { ...process.env, CGO_ENABLED: tool.cgo ? '1' : '0', GOWORK: 'off' };
  await run('go', buildArguments(tool, folder), { cwd: moduleFolder(tool.module), env, timeoutMs: buildDeadlineMs });
}

/** A folder's age tells when it was last used, for whoever clears the cache. */
async function markUsed(folder: string): Promise<void> {
  const now = systemClock.now() / 1000;
  await utimes(folder, now, now);
}
