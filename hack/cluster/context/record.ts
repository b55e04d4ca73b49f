import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { ClusterPaths } from '../driver.ts';

const schema = z.object({ context: z.string().min(1) });

/** Name of the user's context that a cluster's name stands for; undefined when it stands for none. */
export async function readContext(paths: ClusterPaths): Promise<string | undefined> {
  const text = await readFile(file(paths), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  return text === undefined ? undefined : schema.parse(JSON.parse(text)).context;
}

export async function writeContext(paths: ClusterPaths, context: string): Promise<void> {
  await mkdir(paths.state, { recursive: true, mode: 0o700 });
  await writeFile(file(paths), `${JSON.stringify({ context })}\n`);
}

export async function removeContext(paths: ClusterPaths): Promise<void> {
  await rm(file(paths), { force: true });
}

function file(paths: ClusterPaths): string {
  return join(paths.state, 'context.json');
}
