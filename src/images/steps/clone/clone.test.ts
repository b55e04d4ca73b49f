import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type GitServer, startGitServer } from '../../../../test/support/git-server/git-server.ts';
import { createRepository, type Repository } from '../../../../test/support/git-server/repository.ts';
import { recordedStep } from '../../../../test/support/recorded-step.ts';
import { createOutbound, dnsResolver } from '../../../outbound/outbound.ts';
import { systemClock } from '../../../seams/system.ts';
import { StepError } from '../step-error.ts';
import { clone } from './clone.ts';

const limits = { packMegabytes: 10, megabytes: 10, fileMegabytes: 10, files: 100, seconds: 30 };

let root: string;
let server: GitServer;
let repository: Repository;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'vish-clone-'));
  server = await startGitServer({ root, login: { username: 'ann', password: 'planted' } });
  repository = await createRepository(root, 'shop.git');
});

afterEach(async () => {
  await server[Symbol.asyncDispose]();
  await rm(root, { recursive: true, force: true });
});

async function cloned(commit: string, login = 'ann:planted', path = '/shop.git'): Promise<string[]> {
  const exceptions = [{ cidr: '127.0.0.1', port: server.port, http: true }];
  const outbound = createOutbound({ clock: systemClock, resolver: dnsResolver(), exceptions });
  const pin = await outbound.pinForProgram(`${server.url}${path}`);
  await outbound.close();
  const authorization = join(root, 'authorization');
  if (login !== '') await writeFile(authorization, `Basic ${Buffer.from(login).toString('base64')}\n`);
  const plan = { url: pin.url, gitArgs: [...pin.git.args], gitEnv: { ...pin.git.env }, commit, limits };
  const { context, log } = recordedStep();
  const folders = { repository: join(root, 'work'), credentials: root, keyFolder: join(root, 'key') };
  await clone(plan, folders, context);
  return log;
}

it('leaves the files of the commit, and nothing of git', async () => {
  const commit = await repository.commit({ files: { 'a/b.txt': 'one', '.gitattributes': '*.txt filter=evil' } });
  await repository.commit({ files: { 'a/b.txt': 'two' } });

  await cloned(commit);

  expect((await readdir(join(root, 'work'))).toSorted()).toEqual(['.gitattributes', 'a']);
  expect(await readFile(join(root, 'work/a/b.txt'), 'utf8')).toBe('one');
});

it.each([
  ['SourceForbidden', 'a'.repeat(40), 'ann:wrong', '/shop.git'],
  ['SourceForbidden', 'a'.repeat(40), '', '/shop.git'],
  ['SourceNotFound', 'a'.repeat(40), 'ann:planted', '/other.git'],
  ['SourceNotFound', 'a'.repeat(40), 'ann:planted', '/shop.git'],
])('says %s', async (reason, commit, login, path) => {
  await repository.commit({ files: { a: '1' } });

  const error = await cloned(commit, login, path).catch((error: unknown) => error);

  expect(error).toBeInstanceOf(StepError);
  expect(error).toMatchObject({ reason, details: { step: 'git fetch' } });
  expect(JSON.stringify(error)).not.toContain('planted');
});
