import { describe, expect, it } from 'vitest';
import { changed, fixtureFiles } from '../../../test/support/fixture-files.ts';
import { planOf, refusalOf } from '../../../test/support/plans.ts';
import { renderDockerfile } from '../dockerfile/render.ts';

function without(name: string, ...paths: string[]): Record<string, string> {
  const files = fixtureFiles(name);
  for (const path of paths) {
    if (files[path] === undefined) throw new Error(`${name} has no ${path} that could be missing`);
  }
  return Object.fromEntries(Object.entries(files).filter(([path]) => !paths.includes(path)));
}

describe('a repository without its lock file', () => {
  it.each([
    ['node-npm', 'package-lock.json', 'run "npm install"', 'npm install --no-audit'],
    ['node-pnpm', 'pnpm-lock.yaml', 'run "pnpm install"', 'pnpm install --no-frozen-lockfile'],
    ['nextjs', 'package-lock.json', 'run "npm install"', 'npm install --no-audit'],
    ['vite', 'package-lock.json', 'run "npm install"', 'npm install --no-audit'],
    ['python-uv', 'uv.lock', 'run "uv lock"', 'pip install .'],
    ['python-poetry', 'poetry.lock', 'run "poetry lock"', 'poetry install'],
    ['rust', 'Cargo.lock', 'run "cargo generate-lockfile"', 'cargo build --release --bin'],
    ['ruby', 'Gemfile.lock', 'run "bundle lock"', 'bundle install'],
    ['laravel', 'composer.lock', 'run "composer update"', 'composer install'],
  ])('%s is built, and told to commit %s', (name, lock, remedy, command) => {
    const plan = planOf(without(name, lock));

    expect(plan.notes).toContain(`no ${lock}: two builds may get different packages; ${remedy} and commit it`);
    expect(planOf(fixtureFiles(name)).notes.join()).not.toContain(lock);
    expect(renderDockerfile(plan)).toContain(command);
  });

  it.each([
    ['monorepo', 'apps/web', 'package-lock.json'],
    ['monorepo-pnpm', 'apps/site', 'pnpm-lock.yaml'],
  ])('%s is told so as well, of the root', (name, path, lock) => {
    expect(planOf(without(name, lock), path).notes.join()).toContain(`no ${lock}: `);
  });

  it.each(['go', 'deno', 'bun'])('%s needs one once it has packages', (name) => {
    const manifests = {
      go: changed('go', 'go.mod', 'go 1.26', 'go 1.26\n\nrequire golang.org/x/text v0.30.0'),
      deno: changed('deno', 'deno.json', '"tasks"', '"imports": {"a": "jsr:@a/b@1"}, "tasks"'),
      bun: {},
    }[name];

    const { notes } = planOf({ ...fixtureFiles(name), ...manifests });

    expect(notes.join()).toMatch(/no (?:go\.sum|deno\.lock|bun\.lock): two builds may get different packages; run/);
  });
});

describe('a repository with nothing to start', () => {
  it.each([
    ['node-npm', without('node-npm', 'package.json'), 'no kind of project is recognised'],
    [
      'node-npm',
      { ...without('node-npm', 'server.js'), ...changed('node-npm', 'package.json', '"start"', '"begin"') },
      'package.json has no script "start", and there is no server.js, app.js, main.js or index.js; add one',
    ],
    ['go', without('go', 'main.go'), 'there is no package main in the root and in cmd/*; add a Dockerfile'],
    ['rust', without('rust', 'src/main.rs'), 'Cargo.toml names no single program; set default-run in [package]'],
    ['ruby', without('ruby', 'server.rb'), 'no config.ru, server.rb, app.rb or main.rb to start; add one'],
    ['python-pip', without('python-pip', 'app.py'), 'add main.py or app.py, or a Procfile with a line "web: ..."'],
    [
      'deno',
      { ...without('deno', 'main.ts'), ...changed('deno', 'deno.json', '"start"', '"begin"') },
      'deno.json has no task "start", and there is no main.ts, server.ts or mod.ts; add one',
    ],
    ['static', without('static', 'index.html'), 'the repository has no files in "."; correct path'],
    ['php', without('php', 'index.php'), 'no kind of project is recognised'],
    ['monorepo', fixtureFiles('monorepo'), 'set path to one of its packages: apps/api, apps/web'],
  ])('%s is refused with a remedy', (_, files, message) => {
    expect(refusalOf(files)).toContain(message);
  });
});

describe('a manifest with a syntax error', () => {
  it.each([
    ['node-npm', 'package.json', '{', '{{'],
    ['nextjs', 'package.json', '{', '{{'],
    ['deno', 'deno.json', '{', '{{'],
    ['laravel', 'composer.json', '{', '{{'],
    ['rust', 'Cargo.toml', '[package]', '[package'],
    ['python-uv', 'pyproject.toml', '[project]', '[project'],
  ])('%s names %s', (name, path, from, to) => {
    expect(refusalOf({ ...fixtureFiles(name), ...changed(name, path, from, to) })).toContain(path);
  });
});
