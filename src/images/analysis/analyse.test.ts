import { expect, it } from 'vitest';
import { fixtureTree, planOf } from '../../../test/support/plans.ts';
import { fc } from '../../../test/support/properties.ts';
import { renderIgnore } from '../dockerfile/ignore.ts';
import { renderDockerfile } from '../dockerfile/render.ts';
import { analyse } from './analyse.ts';
import { describe } from './describe.ts';
import { memoryTree } from './tree/memory-tree.ts';

const files = { 'web/Dockerfile': 'FROM x\nEXPOSE 9000/tcp\nUSER 1000:1000\n', 'web/package.json': '{' };

it('takes the Dockerfile of the repository, and looks at nothing else then', () => {
  const analysis = analyse(memoryTree(files), { path: 'web', context: '.', stage: 'run' });

  expect(describe(analysis)).toEqual([
    'Dockerfile web/Dockerfile  <- web/Dockerfile: the file exists',
    'context    .  <- build.context: .',
    'stage      run  <- build.stage: run',
    'port       9000  <- web/Dockerfile: EXPOSE 9000/tcp',
    'user       1000:1000  <- web/Dockerfile: USER 1000:1000',
  ]);
});

it('takes the Dockerfile in small letters that BuildKit takes', () => {
  expect(analyse(memoryTree({ dockerfile: '', 'package.json': '{' }), { path: '.' })).toMatchObject({
    kind: 'Dockerfile',
    file: { value: 'dockerfile' },
  });
});

it('derives nothing when a Dockerfile was named and is not there', () => {
  expect(analyse(fixtureTree('node-npm'), { path: '.', dockerfile: 'docker/prod' })).toMatchObject({
    kind: 'Unknown',
    message: 'there is no file "docker/prod"; correct build.dockerfile, or take it out',
  });
});

it('says what it looked for, and how to begin a Dockerfile', () => {
  const analysis = analyse(memoryTree({ 'README.md': '' }), { path: '.' });
  const lines = describe(analysis);

  expect(lines[0]).toBe('no kind of project is recognised in "."');
  expect(lines).toContain('  go.mod (Go)');
  expect(lines.slice(-3)).toEqual(['  FROM debian:bookworm-slim', '  COPY . /app', '  CMD ["/app/start"]']);
});

it('names the folders that could be meant', () => {
  const files = { 'README.md': '', 'services/api/go.mod': '', 'web/package.json': '', 'a/b/c/go.mod': '' };

  expect(analyse(memoryTree(files), { path: '.' })).toMatchObject({
    message:
      'no kind of project is recognised in ".", but there is services/api/go.mod, web/package.json; set path to the folder that is wanted',
  });
  expect(analyse(memoryTree(files), { path: 'services' })).toMatchObject({
    message: expect.stringContaining('recognised in "services", but there is services/api/go.mod;'),
  });
});

it.each(['a b', 'a\nFROM x', '$(id)', '../x'])('refuses the path %j', (path) => {
  expect(analyse(memoryTree({ [`${path}/index.html`]: '' }), { path })).toMatchObject({ kind: 'Unknown' });
});

it('prints nothing that moves a terminal', () => {
  const plan = planOf({ 'package.json': JSON.stringify({ scripts: { start: 'node \u001b[2J a' } }) });

  expect(describe({ kind: 'Plan', plan }).join('')).not.toMatch(/\p{Cc}/u);
});

const names = [
  'package.json',
  'pnpm-workspace.yaml',
  'pyproject.toml',
  'requirements.txt',
  'Cargo.toml',
  'go.mod',
  'pom.xml',
  'composer.json',
  'Gemfile',
  'mix.exs',
  'deno.jsonc',
  'a.csproj',
  'index.html',
  'main.py',
  'Procfile',
  '.nvmrc',
  '.tool-versions',
  'src/main.rs',
  'server.js',
  'public/index.php',
  'vite.config.js',
  '.env.example',
  'a/package.json',
];
const words = fc.constantFrom(
  '{',
  '}',
  '"',
  ':',
  ',',
  '[',
  ']',
  '\n',
  'name',
  'scripts',
  'start',
  'build',
  'dependencies',
  'vite',
  'next',
  'workspaces',
  '= ',
  '"x"',
  'USER root',
  '$(id)',
  '\\',
  'web: ',
  'package main',
  '<a>',
  '</a>',
  'app: :x',
  '1.2',
);
const valid = fc.record({
  scripts: fc.dictionary(fc.constantFrom('start', 'build', 'postinstall'), fc.string({ unit: 'binary' })),
  dependencies: fc.dictionary(fc.constantFrom('vite', 'next', 'express', 'astro', 'x'), fc.string()),
  main: fc.string(),
  packageManager: fc.string(),
  engines: fc.dictionary(fc.constantFrom('node', 'pnpm'), fc.string()),
});
const content = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(words).map((parts) => parts.join('')),
  valid.map((json) => JSON.stringify(json)),
);

it('ends with a plan that is one Dockerfile, or with a sentence, whatever the repository', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...names), content), (repository) => {
      const analysis = analyse(memoryTree(repository), { path: '.' });
      expect(describe(analysis).length).toBeGreaterThan(0);
      if (analysis.kind !== 'Plan') return;
      const text = renderDockerfile(analysis.plan);
      expect(text.match(/^FROM /gm)).toHaveLength(analysis.plan.stages.length);
      expect(text.match(/^USER 10001:10001$/gm)).toHaveLength(1);
      expect(renderIgnore(analysis.plan)).toContain('.git\n');
    }),
    { numRuns: 300 },
  );
});
