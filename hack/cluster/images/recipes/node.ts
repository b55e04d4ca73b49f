import { chmod, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cleanUp } from '../rootfs/debian.ts';
import { versions } from '../versions.ts';
import { buildTools, debian } from './debian.ts';
import { unpackNpm } from './npm.ts';
import type { Preparation, Recipe } from './recipe.ts';

const commands = {
  npm: 'npm/bin/npm-cli.js',
  npx: 'npm/bin/npx-cli.js',
  corepack: 'corepack/dist/corepack.js',
  yarn: 'yarn/bin/yarn.js',
  yarnpkg: 'yarn/bin/yarn.js',
} as const;

/** Arguments that are no program are given to node, so that `docker run image app.js` works as people expect. */
const entrypoint = `#!/bin/sh
set -e
case "$1" in -*) set -- node "$@" ;; esac
if ! command -v "$1" >/dev/null 2>&1; then set -- node "$@"; fi
exec "$@"
`;

async function prepare({ tree, scratch }: Preparation): Promise<void> {
  const local = join(tree, 'usr/local');
  await unpackNpm(`node-linux-${process.arch}`, versions.node, { scratch, to: local });
  for (const name of ['package.json', 'CHANGELOG.md', 'README.md', 'LICENSE'])
    await rm(join(local, name), { force: true });
  const modules = join(local, 'lib/node_modules');
  for (const name of ['npm', 'corepack', 'yarn'] as const) {
    await unpackNpm(name, versions[name], { scratch, to: join(modules, name) });
  }
  for (const [name, file] of Object.entries(commands)) {
    await chmod(join(modules, file), 0o755);
    await symlink(`../lib/node_modules/${file}`, join(local, 'bin', name));
  }
  await writeFile(join(local, 'bin/docker-entrypoint.sh'), entrypoint, { mode: 0o755 });
  await mkdir(join(local, 'etc'), { recursive: true });
}

const script = `
chmod 755 /usr/local/bin/node
ln -s node /usr/local/bin/nodejs
groupadd --gid 1000 node
useradd --uid 1000 --gid node --shell /bin/bash --create-home node
npm --version
${cleanUp}`;

const common = {
  madeFrom: `npm packages node-linux-${process.arch}@${versions.node}, npm@${versions.npm}, corepack@${versions.corepack}, yarn@${versions.yarn}`,
  prepare,
  script,
  version: { command: 'node --version', expects: `v${versions.node}` },
  settings: {
    Env: [
      `NODE_VERSION=${versions.node}`,
      `YARN_VERSION=${versions.yarn}`,
      'NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt',
      'NPM_CONFIG_UPDATE_NOTIFIER=false',
      // node-gyp would fetch Node's headers from the internet; they are here.
      'npm_package_config_node_gyp_nodedir=/usr/local',
    ],
    Entrypoint: ['docker-entrypoint.sh'],
    Cmd: ['node'],
  },
} satisfies Partial<Recipe>;

const [major] = versions.node.split('.');

export const nodeSlim: Recipe = {
  name: 'node-slim',
  source: import.meta.filename,
  references: [`library/node:${major}-slim`, `library/node:${versions.node}-slim`],
  parent: debian.name,
  ...common,
};

export const node: Recipe = {
  name: 'node',
  source: import.meta.filename,
  references: [`library/node:${major}`, `library/node:${versions.node}`],
  parent: buildTools.name,
  ...common,
};
