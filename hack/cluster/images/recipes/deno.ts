import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { versions } from '../versions.ts';
import { debian } from './debian.ts';
import { unpackNpm } from './npm.ts';
import type { Preparation, Recipe } from './recipe.ts';

const name = `@deno/linux-${process.arch}-glibc`;

async function prepare({ tree, scratch }: Preparation): Promise<void> {
  const unpacked = join(scratch, 'deno');
  await unpackNpm(name, versions.deno, { scratch, to: unpacked });
  await mkdir(join(tree, 'usr/local/bin'), { recursive: true });
  await copyFile(join(unpacked, 'deno'), join(tree, 'usr/local/bin/deno'));
}

const [major] = versions.deno.split('.');

export const deno: Recipe = {
  name: 'deno',
  source: import.meta.filename,
  references: [`denoland/deno:${major}`, `denoland/deno:${versions.deno}`],
  parent: debian.name,
  madeFrom: `npm package ${name}@${versions.deno}`,
  prepare,
  script: 'chmod 755 /usr/local/bin/deno && mkdir -p /deno-dir',
  version: { command: 'deno --version', expects: `deno ${versions.deno} ` },
  settings: {
    Env: [`DENO_VERSION=${versions.deno}`, 'DENO_DIR=/deno-dir', 'DENO_TLS_CA_STORE=system'],
    Cmd: ['deno', 'repl'],
  },
};
