import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { versions } from '../versions.ts';
import { debian, install } from './debian.ts';
import type { BinaryName, Preparation, Recipe } from './recipe.ts';

/** BuildKit looks for its own runc under this name before it takes another. */
const programs = { buildkitd: 'buildkitd', buildctl: 'buildctl', runc: 'buildkit-runc' } satisfies Partial<
  Record<BinaryName, string>
>;

async function prepare({ tree, binary }: Preparation): Promise<void> {
  const folder = join(tree, 'usr/bin');
  await mkdir(folder, { recursive: true });
  for (const [name, target] of Object.entries(programs)) {
    await cp(await binary(name as keyof typeof programs), join(folder, target));
  }
}

const packages = 'git openssh-client pigz xz-utils libseccomp2';

export const buildkit: Recipe = {
  name: 'buildkit',
  source: import.meta.filename,
  references: [`moby/buildkit:${versions.buildkit}`, 'moby/buildkit:latest'],
  parent: debian.name,
  madeFrom: `Go modules of BuildKit ${versions.buildkit} and runc ${versions.runc}; Debian packages ${packages}`,
  prepare,
  script: install(packages, 'chmod 755 /usr/bin/buildkitd /usr/bin/buildctl /usr/bin/buildkit-runc'),
  // runc is run too, because it alone is linked to a library that has to be in the image.
  version: { command: 'git --version; buildkit-runc --version; buildkitd --version', expects: 'buildkitd' },
  settings: { Entrypoint: ['buildkitd'], Cmd: [], Volumes: { '/var/lib/buildkit': {} } },
};
