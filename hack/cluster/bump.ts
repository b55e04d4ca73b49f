import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { run } from '../lib/run.ts';
import { moduleFolder } from './build/builder.ts';
import { type Replacement, replaceArguments, requiredVersion, type ToolModule, toolModules } from './build/modules.ts';

/** Makes go.mod and go.sum of every tool agree with versions.ts; leaves alone those that do. */
async function bump(): Promise<void> {
  for (const tool of toolModules) {
    const found = requiredVersion(await readFile(join(moduleFolder(tool.folder), 'go.mod'), 'utf8'), tool.path);
    if (found === tool.version) continue;
    process.stderr.write(`${tool.folder}: ${found ?? 'not required'} -> ${tool.version}\n`);
    await rewrite(tool);
  }
  process.stderr.write('every go.mod agrees with versions.ts\n');
}

/**
 * Begins again from the one requirement that we mean, so that every other version is what the tool's authors build
 * with: `go get` would keep whatever an earlier version had needed.
 */
async function rewrite({ folder, path, version, replaces }: ToolModule): Promise<void> {
  const old = await readGoMod(folder, join(moduleFolder(folder), 'go.mod'));
  const wanted = replaces ? await replacementsOf(folder, path, version) : [];
  const kept = new Set(wanted.map(({ Old }) => Old.Path));
  const edits = [
    ...(old.Require ?? []).map(({ Path }) => `-droprequire=${Path}`),
    ...(old.Replace ?? []).filter(({ Old }) => !kept.has(Old.Path)).map(({ Old }) => `-dropreplace=${Old.Path}`),
    ...replaceArguments(wanted, version),
    `-require=${path}@${version}`,
  ];
  await go(folder, 'mod', 'edit', ...edits);
  await go(folder, 'mod', 'tidy');
}

async function replacementsOf(folder: string, path: string, version: string): Promise<readonly Replacement[]> {
  const { GoMod } = downloadSchema.parse(
    JSON.parse(await go(folder, 'mod', 'download', '-json', `${path}@${version}`)),
  );
  return (await readGoMod(folder, GoMod)).Replace ?? [];
}

const downloadSchema = z.object({ GoMod: z.string() });
const replaceSchema = z.object({
  Old: z.object({ Path: z.string() }),
  New: z.object({ Path: z.string(), Version: z.string().optional() }),
});
const goModSchema = z.object({
  Require: z.array(z.object({ Path: z.string() })).nullish(),
  Replace: z.array(replaceSchema).nullish(),
});

async function readGoMod(folder: string, file: string): Promise<z.infer<typeof goModSchema>> {
  return goModSchema.parse(JSON.parse(await go(folder, 'mod', 'edit', '-json', file)));
}

async function go(folder: string, ...args: string[]): Promise<string> {
  const env = { ...process.env, GOWORK: 'off' };
  return (await run('go', args, { cwd: moduleFolder(folder), env, timeoutMs: 900_000 })).stdout;
}

await bump();
