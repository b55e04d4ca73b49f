import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { aBuildStepPlan } from '../../../../test/support/step-plan.ts';
import type { BuildStepPlan } from '../plans.ts';
import { StepError } from '../step-error.ts';
import { buildArguments } from './arguments.ts';
import { chooseDockerfile } from './choose.ts';

const plan = aBuildStepPlan();

let home: string;
let repository: string;
let scratch: string;
let said: string[];
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'vish-derived-'));
  repository = join(home, 'repository');
  scratch = join(home, 'scratch');
  said = [];
});
afterEach(() => rmSync(home, { recursive: true }));

function commit(files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(repository, path)), { recursive: true });
    writeFileSync(join(repository, path), text);
  }
}

const choose = (change: Partial<BuildStepPlan> = {}) =>
  chooseDockerfile({ ...plan, ...change }, { repository, scratch }, (line) => said.push(line));

async function refusal(change: Partial<BuildStepPlan> = {}): Promise<StepError> {
  const error: unknown = await choose(change).catch((reason: unknown) => reason);
  if (!(error instanceof StepError)) throw new Error(String(error));
  return error;
}

const site = { 'index.html': '<p>' };

it.each<[Record<string, string>, Partial<BuildStepPlan>]>([
  [{ Dockerfile: 'FROM x' }, {}],
  [{ dockerfile: 'FROM x' }, {}],
  [{ Dockerfile: '' }, { context: 'web' }],
  [{}, { dockerfile: 'docker/prod' }],
  [{}, { stage: 'run' }],
])('leaves %j with %j as it is, and says nothing', async (files, change) => {
  commit({ ...site, ...files });

  const paths = await choose(change);

  expect(paths).toEqual({ dockerfile: change.dockerfile ?? 'Dockerfile', context: change.context ?? '.' });
  expect([said, readdirSync(home)]).toEqual([[], ['repository']]);
});

it('does not look behind a Dockerfile that is a link', async () => {
  commit(site);
  symlinkSync('/no/such/file', join(repository, 'Dockerfile'));

  expect(await choose()).not.toHaveProperty('derived');
});

it('writes a Dockerfile outside of the repository when that has none', async () => {
  commit({ 'web/index.html': '<p>', 'web/.dockerignore': 'drafts' });

  const paths = await choose({ path: 'web', baseImages: { prefix: 'hub.test' } });
  const folder = join(scratch, 'derived');

  expect(paths).toEqual({
    dockerfile: 'derived Dockerfile',
    context: 'web',
    derived: {
      folder,
      summary: 'derived from web/index.html: static, port 8080; on hub.test/nginx:stable (builds.baseImages)',
    },
  });
  expect(readFileSync(join(folder, 'Dockerfile'), 'utf8')).toContain('FROM hub.test/nginx:stable AS run');
  expect(readFileSync(join(folder, 'Dockerfile.dockerignore'), 'utf8')).toMatch(/^\.git\n[\s\S]*\ndrafts\n$/);
  expect(readdirSync(join(repository, 'web')).sort()).toEqual(['.dockerignore', 'index.html']);
  expect(buildArguments(plan, { repository, paths })).toEqual(
    expect.arrayContaining([
      `--local=context=${repository}/web`,
      `--local=dockerfile=${folder}`,
      '--opt=filename=Dockerfile',
    ]),
  );
});

it('prints what it saw, where images come from, and the Dockerfile with the numbers that failures name', async () => {
  commit({ 'package.json': '{"scripts": {"start": "node \\u001b[2J a.js"}}' });

  await choose({ baseImages: { images: [{ name: 'node', image: 'own.test/node:{version}' }] } });

  expect(said).toContain('image      own.test/node:24  <- builds.baseImages: images: node');
  expect(said).toContain('  3  FROM own.test/node:24 AS build');
  expect(said.join('')).not.toMatch(/\p{Cc}/u);
});

it('fails with the reason, what it looked for, and the beginning of a Dockerfile', async () => {
  commit({ 'README.md': '' });

  const { reason, message, details } = await refusal();

  expect(reason).toBe('UnknownProjectType');
  expect(message).toBe('there is no Dockerfile, and no kind of project is recognised in "."');
  expect(details.lines).toContain('  go.mod (Go)');
  expect(details.lines?.at(-1)).toBe('  CMD ["/app/start"]');
  expect(details.lines?.length).toBeLessThanOrEqual(20);
});

it.each([
  [{ 'package.json': '{' }, {}, 'package.json is no JSON'],
  [site, { path: 'docs' }, 'the repository has no files in "docs"; correct path'],
  [site, { context: 'docs' }, 'without one the context is "."; take build.context out'],
  [{ ...site, '.dockerignore': 'x'.repeat(2 ** 16 + 1) }, {}, '.dockerignore has 65537 bytes'],
])('refuses %j with %j', async (files, change, message) => {
  commit(files);

  const refused = await refusal(change);

  expect(refused.message).toContain(message);
  expect(refused.message).toMatch(/^there is no Dockerfile, /);
});

it('follows no link out of the repository, to a manifest, a folder or the list of what to leave out', async () => {
  commit({ 'README.md': '' });
  mkdirSync(join(home, 'outside'));
  writeFileSync(join(home, 'outside', 'package.json'), '{"scripts": {"start": "hunter2"}}');
  writeFileSync(join(home, 'outside', '.dockerignore'), 'hunter2');
  symlinkSync(join(home, 'outside', 'package.json'), join(repository, 'package.json'));
  symlinkSync(join(home, 'outside'), join(repository, 'app'));

  expect((await refusal()).message).toContain('no kind of project is recognised');
  expect((await refusal({ path: 'app' })).message).toContain('the repository has no files in "app"');

  commit(site);
  symlinkSync(join(home, 'outside', '.dockerignore'), join(repository, '.dockerignore'));
  const { derived } = await choose();
  expect(readFileSync(join(derived?.folder ?? '', 'Dockerfile.dockerignore'), 'utf8')).not.toContain('hunter2');
});

it('does not write where something is already', async () => {
  commit(site);
  mkdirSync(scratch);
  symlinkSync(repository, join(scratch, 'derived'));

  await expect(choose()).rejects.toThrow('EEXIST');
  expect(readdirSync(repository)).toEqual(['index.html']);
});
