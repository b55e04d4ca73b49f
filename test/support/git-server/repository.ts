import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { cleanEnvironment } from './environment.ts';

export interface CommitOptions {
  /** Content by path; files of earlier commits stay. */
  files: Readonly<Record<string, string>>;
  /** Default: main. */
  branch?: string;
  message?: string;
}

/** A bare repository under the server's root. */
export interface Repository {
  folder: string;
  /** Adds a commit on top of a branch, which is made when it is not there; returns its id. */
  commit(options: CommitOptions): Promise<string>;
  /** Runs git inside the bare repository and returns what it printed. */
  git(...args: string[]): Promise<string>;
}

export interface RepositoryOptions {
  /** Default: sha1. */
  objectFormat?: 'sha1' | 'sha256';
}

/** `name` is the path below the root, such as `acme/shop.git`. */
export async function createRepository(
  root: string,
  name: string,
  { objectFormat = 'sha1' }: RepositoryOptions = {},
): Promise<Repository> {
  const folder = join(root, name);
  await git(root, ['init', '--quiet', '--bare', `--object-format=${objectFormat}`, folder]);
  return {
    folder,
    git: (...args) => git(folder, args),
    commit: (options) => commitTo(folder, options),
  };
}

async function commitTo(
  folder: string,
  { files, branch = 'main', message = 'Change' }: CommitOptions,
): Promise<string> {
  const work = await mkdtemp(join(tmpdir(), 'vish-git-'));
  try {
    // Not `clone`: of an empty repository it would not take over the object format.
    const format = await git(folder, ['rev-parse', '--show-object-format']);
    await git(work, ['init', '--quiet', `--object-format=${format}`]);
    await git(work, ['remote', 'add', 'origin', folder]);
    await git(work, ['fetch', '--quiet', 'origin']);
    const known = await git(work, ['branch', '--remotes', '--list', `origin/${branch}`]);
    await git(work, known === '' ? ['checkout', '--quiet', '--orphan', branch] : ['checkout', '--quiet', branch]);
    for (const [path, content] of Object.entries(files)) {
      await mkdir(dirname(join(work, path)), { recursive: true });
      await writeFile(join(work, path), content);
    }
    await git(work, ['add', '--all']);
    await git(work, ['commit', '--quiet', '--allow-empty', '--message', message]);
    await git(work, ['push', '--quiet', 'origin', `HEAD:refs/heads/${branch}`]);
    return await git(work, ['rev-parse', 'HEAD']);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function git(cwd: string, args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('git', args, { cwd, env: cleanEnvironment(), timeout: 30_000 });
  return stdout.trim();
}
