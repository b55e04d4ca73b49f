import { expect, it } from 'vitest';
import { planOf, refusalOf, valuesOf } from '../../../../test/support/plans.ts';

const manifest = (content: object) => ({ 'package.json': JSON.stringify(content) });
const withStart = { scripts: { start: 'node server.js' } };

it.each([
  [{ packageManager: 'yarn@4.5.0' }, {}, 'yarn', 'yarn install --no-immutable'],
  [{}, { 'yarn.lock': '' }, 'yarn', 'yarn install --frozen-lockfile --non-interactive'],
  [{}, { 'yarn.lock': '', '.yarnrc.yml': '' }, 'yarn', 'yarn install --immutable'],
  [{}, { 'pnpm-lock.yaml': '' }, 'pnpm', 'pnpm install --frozen-lockfile --store-dir=/pnpm/store'],
  [{}, { 'bun.lock': '' }, 'bun', 'bun install --frozen-lockfile'],
  [{ engines: { pnpm: '>=9' } }, {}, 'pnpm', 'pnpm install --no-frozen-lockfile --store-dir=/pnpm/store'],
  [{ packageManager: 'npm@11.0.0' }, { 'yarn.lock': '' }, 'npm', 'npm install --no-audit --no-fund'],
  [{ packageManager: 'npm@1; rm -rf /' }, {}, 'npm', 'npm install --no-audit --no-fund'],
])('finds the package manager of %j with %j', (fields, files, packages, install) => {
  expect(valuesOf(planOf({ ...manifest({ ...withStart, ...fields }), ...files }))).toMatchObject({ packages, install });
});

it.each([
  ['5.4', 'pnpm@7'],
  ['6.0', 'pnpm@8'],
  ['9.0', 'pnpm@10'],
])('reads the pnpm of a lock file of version %s', (format, wanted) => {
  const plan = planOf({ ...manifest(withStart), 'pnpm-lock.yaml': `lockfileVersion: '${format}'\n` });

  expect(JSON.stringify(plan.stages)).toContain(`npm install --global ${wanted}"`);
});

it.each([
  [{ next: '15' }, {}, 'Next.js', 'next start'],
  [{ next: '15' }, { 'next.config.js': 'export default {\n  output: "export",\n}' }, 'Next.js', 'out'],
  [{ nuxt: '4' }, {}, 'Nuxt', 'HOST=0.0.0.0 exec node .output/server/index.mjs'],
  [
    { '@react-router/dev': '7', '@react-router/serve': '7' },
    {},
    'React Router',
    'react-router-serve ./build/server/index.js',
  ],
  [
    { '@react-router/dev': '7' },
    { 'react-router.config.ts': 'export default {\n  ssr: false\n}' },
    'React Router',
    'build/client',
  ],
  [{ '@remix-run/dev': '2' }, {}, 'Remix', 'remix-serve ./build/server/index.js'],
  [{ '@sveltejs/kit': '2', '@sveltejs/adapter-node': '5', vite: '7' }, {}, 'SvelteKit', 'node build/index.js'],
  [{ '@sveltejs/kit': '2', '@sveltejs/adapter-static': '5', vite: '7' }, {}, 'SvelteKit', 'build'],
  [{ astro: '5' }, {}, 'Astro', 'dist'],
  [{ astro: '5', '@astrojs/node': '9' }, {}, 'Astro', 'HOST=0.0.0.0 exec node dist/server/entry.mjs'],
  [{ '@nestjs/core': '11', express: '5' }, {}, 'NestJS', 'node dist/main.js'],
  [{ 'react-scripts': '5' }, {}, 'Create React App', 'build'],
  [{ vite: '7' }, { 'vite.config.ts': 'export default {\n  build: { outDir: "./www" },\n}' }, 'Vite', 'www'],
])('recognises %j with %j as %s', (dependencies, files, framework, result) => {
  const values = valuesOf(planOf({ ...manifest({ dependencies }), ...files }));

  expect(values.framework).toBe(framework);
  expect(values.output ?? values.start).toBe(result);
});

it.each([
  ['node --enable-source-maps dist/server.js', ['node', '--enable-source-maps', 'dist/server.js']],
  ['node a.js && node b.js', ['npm', 'run', 'start']],
  ['PORT=1 node a.js', ['npm', 'run', 'start']],
  ['node "$(id)"', ['npm', 'run', 'start']],
])('starts the script %s without a shell where it can', (start, words) => {
  expect(planOf(manifest({ scripts: { start } })).start.value).toEqual(words);
});

it('takes main, or a file of a usual name, when there is no script', () => {
  expect(valuesOf(planOf({ ...manifest({ main: './lib/run.js' }), 'lib/run.js': '' })).start).toBe('node lib/run.js');
  expect(valuesOf(planOf({ ...manifest({}), 'src/index.mjs': '' })).start).toBe('node src/index.mjs');
});

it('leaves the packages of the development out, unless the start needs them', () => {
  const build = (start: string) =>
    JSON.stringify(planOf(manifest({ scripts: { start }, devDependencies: { tsx: '4' } })).stages);

  expect(build('node a.js')).toContain('npm prune --omit=dev');
  expect(build('tsx a.ts')).not.toContain('npm prune');
});

it('copies everything before the install when the install runs code of the repository', () => {
  const [stage] = planOf(manifest({ scripts: { start: 'node a.js', postinstall: 'node b.js' } })).stages;

  expect(stage?.instructions[1]).toEqual({ do: 'copy', paths: ['.'], to: './' });
});

it.each([
  ['.nvmrc', '22\n', '22', '.nvmrc'],
  ['.node-version', 'v20.11.1', '20.11.1', '.node-version'],
  ['.tool-versions', 'ruby 3.3\nnodejs 22.1.0 # why', '22.1.0', '.tool-versions'],
  ['mise.toml', '[tools]\nnode = "22"', '22', 'mise.toml'],
])('takes the version from %s', (file, content, value, source) => {
  expect(planOf({ ...manifest(withStart), [file]: content }).version).toMatchObject({ value, source });
});

it('says when it cannot follow a wanted version', () => {
  const { version, notes } = planOf({ ...manifest(withStart), '.nvmrc': 'lts/argon' });

  expect(version).toMatchObject({ value: '24', source: 'default' });
  expect(notes).toContain('.nvmrc asks for version "lts/argon", which is not known here');
});

const workspace = {
  'package.json': '{}',
  'pnpm-workspace.yaml': 'packages: ["apps/**", "!apps/old"]',
  'pnpm-lock.yaml': "lockfileVersion: '9.0'",
  'apps/web/package.json': JSON.stringify({ scripts: { build: 'x', start: 'node a.js' } }),
  'apps/old/package.json': JSON.stringify(withStart),
};

it('builds what a package of a pnpm workspace needs, and runs in its folder', () => {
  const plan = planOf(workspace, 'apps/web');

  expect(plan.build).toMatchObject({
    value: 'pnpm --filter "./apps/web..." run build',
    source: 'apps/web/package.json',
  });
  expect(plan.stages.at(-1)?.instructions[0]).toEqual({ do: 'workdir', path: '/app/apps/web' });
  expect(planOf(workspace, 'apps/old').context).toMatchObject({ value: 'apps/old', source: 'default' });
});

it('lets turbo build where there is one', () => {
  expect(planOf({ ...workspace, 'turbo.json': '{}' }, 'apps/web').build?.value).toBe(
    'turbo run build --filter=./apps/web',
  );
});

it.each([
  [workspace, 'package.json is the root of a workspace; set path to one of its packages: apps/web'],
  [manifest({ dependencies: { '@sveltejs/kit': '2' } }), 'SvelteKit needs the adapter @sveltejs/adapter-node'],
  [manifest({ scripts: { build: 'x' } }), 'package.json has no script "start"'],
  [{ 'package.json': '{' }, 'package.json is no JSON ('],
  [{ 'package.json': '[]' }, 'package.json is no object'],
])('refuses %j with a sentence', (files, message) => {
  expect(refusalOf(files)).toContain(message);
});
