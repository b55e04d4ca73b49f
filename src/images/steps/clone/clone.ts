import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StepContext } from '../context.ts';
import type { ClonePlan } from '../plans.ts';
import { StepError } from '../step-error.ts';
import { type Git, gitFor } from './git.ts';
import { judgeTree, refuseLinksOut } from './tree/read.ts';

export interface CloneFolders {
  /** Is made; ends with the files of the commit and nothing of git. */
  readonly repository: string;
  /** File with the value of the authorization header; need not exist. */
  readonly authorization: string;
}

/** Fetches one commit and nothing else, and leaves no way back to the repository behind. */
export async function clone(plan: ClonePlan, folders: CloneFolders, context: StepContext): Promise<void> {
  const { repository } = folders;
  const authorization = await readOptional(folders.authorization);
  await mkdir(repository, { recursive: true });
  const late = new AbortController();
  const timer = context.clock.setTimeout(() => late.abort(), plan.limits.seconds * 1000);
  try {
    await fetchInto(repository, plan, gitFor(plan, { repository, authorization, late: late.signal }, context), context);
  } finally {
    context.clock.clearTimeout(timer);
  }
}

async function fetchInto(repository: string, plan: ClonePlan, git: Git, { say }: StepContext): Promise<void> {
  const { url, commit, limits } = plan;
  await git.run(['init', '--quiet', `--object-format=${commit.length === 64 ? 'sha256' : 'sha1'}`]);
  // Stronger than the repository's own .gitattributes.
  await mkdir(join(repository, '.git/info'), { recursive: true });
  await writeFile(join(repository, '.git/info/attributes'), '* -filter -ident\n');
  await git.run(['fetch', '--quiet', '--depth=1', '--no-tags', '--no-recurse-submodules', '--', url, commit]);
  const [head] = await git.run(['rev-parse', '--verify', 'FETCH_HEAD^{commit}']);
  if (head !== commit) {
    throw new StepError('SourceRefused', `fetch ${commit}: the git host gave another commit; check the host`);
  }
  const { links, submodules } = await judgeTree(git, limits);
  if (submodules > 0) say(`left out: submodules (${submodules}); their folders stay empty`);
  await git.run(['checkout', '--quiet', '--detach', commit]);
  await refuseLinksOut(repository, links);
  await rm(join(repository, '.git'), { recursive: true, force: true });
}

async function readOptional(file: string): Promise<string | undefined> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
