import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheRoot } from '../cluster/build/builder.ts';
import { isThere, unpackPackages } from '../lib/debian.ts';
import { run } from '../lib/run.ts';

const programs = ['prometheus', 'promtool'] as const;

/**
 * Prometheus, or its checker of rules: of this machine, or out of Debian's package, which is unpacked into the cache and not
 * installed. Undefined where there is neither.
 */
export async function findProgram(name: (typeof programs)[number]): Promise<string | undefined> {
  if (await works(name)) return name;
  const cached = join(cacheRoot(), name);
  if (await isThere(cached)) return cached;
  return (await unpack()) && (await works(cached)) ? cached : undefined;
}

function unpack(): Promise<boolean> {
  return unpackPackages(['prometheus'], async (folder) => {
    for (const name of programs) await rename(join(folder, 'usr/bin', name), join(cacheRoot(), name));
  });
}

async function works(program: string): Promise<boolean> {
  return (await run(program, ['--version'], { allowFailure: true })).code === 0;
}
