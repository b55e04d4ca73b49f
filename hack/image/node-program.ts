import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheRoot } from '../cluster/build/builder.ts';
import { registryAnswers } from '../cluster/images/answers.ts';
import { unpackNpm } from '../cluster/images/recipes/npm.ts';
import { versions } from '../cluster/images/versions.ts';
import type { Contexts } from './builder.ts';
import { foreign, type Platform, processorOf } from './platforms.ts';

/**
 * The stage `node` of platforms that this machine cannot run. Where an image registry answers it has the image of each.
 * Where none does, the base images were made here for this machine alone, and BuildKit would put their program into an
 * image of another platform without a word: there node comes from npm, in the version that they have.
 */
export async function nodePrograms(platforms: readonly Platform[]): Promise<Contexts> {
  const wanted = foreign(platforms);
  if (wanted.length === 0 || (await registryAnswers()).answers) return {};
  const contexts: Record<string, string> = {};
  for (const platform of wanted) contexts[`node::${platform}`] = await nodeProgram(processorOf(platform));
  return contexts;
}

/** A folder with nothing but usr/local/bin/node, kept for the next build. */
async function nodeProgram(processor: string): Promise<string> {
  const name = `node-linux-${processor}`;
  const root = join(cacheRoot(), 'node');
  const place = join(root, `${name}-${versions.node}`);
  if ((await readdir(place).catch(() => [])).length > 0) return place;
  await mkdir(root, { recursive: true });
  const work = await mkdtemp(join(root, 'work-'));
  try {
    await unpackNpm(name, versions.node, { scratch: work, to: join(work, 'package') });
    await mkdir(join(work, 'tree/usr/local/bin'), { recursive: true });
    await rename(join(work, 'package/bin/node'), join(work, 'tree/usr/local/bin/node'));
    await rename(join(work, 'tree'), place).catch((error: NodeJS.ErrnoException) => {
      // Of two makers at once the first one wins.
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return place;
}
