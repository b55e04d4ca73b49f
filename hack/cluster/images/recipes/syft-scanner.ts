import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { versions } from '../versions.ts';
import { debian } from './debian.ts';
import type { Preparation, Recipe } from './recipe.ts';

/** One static program in a tree of its own. It sees all that is in people's images, so nothing else is with it. */
async function prepare({ tree, binary }: Preparation): Promise<void> {
  await mkdir(join(tree, 'out/bin'), { recursive: true });
  await mkdir(join(tree, 'out/tmp'));
  await cp(await binary('syft-scanner'), join(tree, 'out/bin/syft-scanner'));
}

export const syftScanner: Recipe = {
  name: 'syft-scanner',
  source: import.meta.filename,
  // The name that BuildKit asks for where it is told none.
  references: ['docker/buildkit-syft-scanner:stable-1'],
  parent: debian.name,
  madeFrom: `Go module of syft ${versions.syft}`,
  prepare,
  script: 'chmod 755 /out/bin/syft-scanner; chmod 1777 /out/tmp',
  version: { command: '/out/bin/syft-scanner --version', expects: `syft ${versions.syft}` },
  onlyFolder: 'out',
  settings: { Env: [], Entrypoint: ['/bin/syft-scanner'], Cmd: [] },
};
