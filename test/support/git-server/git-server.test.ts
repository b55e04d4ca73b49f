import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { cleanEnvironment } from './environment.ts';
import { startGitServer } from './git-server.ts';
import { createRepository } from './repository.ts';

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'vish-git-server-'));
});

afterEach(() => rm(root, { recursive: true, force: true }));

async function git(...args: string[]): Promise<string> {
  return (await promisify(execFile)('git', args, { cwd: root, env: cleanEnvironment() })).stdout.trim();
}

it('serves a shallow fetch of a commit that no ref points to any more', async () => {
  const repository = await createRepository(root, 'acme/shop.git');
  const first = await repository.commit({ files: { 'a/b.txt': '1' } });
  const second = await repository.commit({ files: { 'a/b.txt': '2' } });
  await using server = await startGitServer({ root });
  await git('init', '--quiet', 'clone');

  await git('-C', 'clone', 'fetch', '--quiet', '--depth=1', `${server.url}/acme/shop.git`, first);

  expect(await git('-C', 'clone', 'show', 'FETCH_HEAD:a/b.txt')).toBe('1');
  expect(second).not.toBe(first);
});

it('takes a push over http, and lets only its user in', async () => {
  const repository = await createRepository(root, 'shop.git');
  await repository.commit({ files: { a: '1' } });
  await using server = await startGitServer({ root, login: { username: 'ann', password: 'pass' } });
  const withLogin = server.url.replace('//', '//ann:pass@');

  await git('clone', '--quiet', `${withLogin}/shop.git`, 'clone');
  await writeFile(join(root, 'clone/a'), '2');
  await git('-C', 'clone', 'commit', '--quiet', '--all', '--message', 'two');
  await git('-C', 'clone', 'push', '--quiet', 'origin', 'HEAD');

  expect(await repository.git('show', 'main:a')).toBe('2');
  await expect(git('ls-remote', `${server.url}/shop.git`)).rejects.toThrow('could not read Username');
});

it('runs as a program of its own', async () => {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'serve.ts'), '--root', root, '--port', '0']);
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const port = /port (\d+)/.exec(String(line))?.[1];
  const repository = await createRepository(root, 'shop.git');
  const commit = await repository.commit({ files: { a: '1' } });

  const listed = await git('ls-remote', `http://127.0.0.1:${port}/shop.git`, 'main');
  child.kill('SIGTERM');
  await once(child, 'close');

  expect(listed).toContain(commit);
});
