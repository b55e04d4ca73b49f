import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { ClusterPaths } from '../driver.ts';

const port = z.number().int().min(1).max(65_535);
const schema = z.object({ cluster: z.string(), gateway: port, registry: port });

/** What this checkout made. Only a cluster with a record here is ours to change or remove. */
export type KindRecord = z.infer<typeof schema>;

export async function readRecord(paths: ClusterPaths): Promise<KindRecord | undefined> {
  const text = await readFile(file(paths), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  return text === undefined ? undefined : schema.parse(JSON.parse(text));
}

/** Written before kind runs, so that a cluster of which only half was made is still known as ours. */
export async function writeRecord(paths: ClusterPaths, record: KindRecord): Promise<void> {
  await mkdir(paths.state, { recursive: true });
  const unfinished = `${file(paths)}.${process.pid}`;
  await writeFile(unfinished, JSON.stringify(record, null, 2));
  await rename(unfinished, file(paths));
}

export async function removeRecord(paths: ClusterPaths): Promise<void> {
  await rm(file(paths), { force: true });
}

function file(paths: ClusterPaths): string {
  return join(paths.state, 'kind.json');
}
