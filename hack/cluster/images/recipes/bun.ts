import { chmod, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { versions } from '../versions.ts';
import { debian } from './debian.ts';
import { unpackNpm } from './npm.ts';
import type { Preparation, Recipe } from './recipe.ts';

/** The build for older processors: it runs everywhere. */
const name = process.arch === 'arm64' ? '@oven/bun-linux-aarch64' : '@oven/bun-linux-x64-baseline';

async function prepare({ tree, scratch }: Preparation): Promise<void> {
  await unpackNpm(name, versions.bun, { scratch, to: join(tree, 'usr/local') });
  await chmod(join(tree, 'usr/local/bin/bun'), 0o755);
  await symlink('bun', join(tree, 'usr/local/bin/bunx'));
}

const [major] = versions.bun.split('.');

export const bun: Recipe = {
  name: 'bun-slim',
  source: import.meta.filename,
  references: [`oven/bun:${major}-slim`, `oven/bun:${versions.bun}-slim`],
  parent: debian.name,
  madeFrom: `npm package ${name}@${versions.bun}`,
  prepare,
  script: 'rm -f /usr/local/package.json /usr/local/README.md',
  version: { command: 'bun --version', expects: versions.bun },
  settings: { Env: ['NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt'], Cmd: ['bun'] },
};
