import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StepContext } from '../context.ts';
import type { ClonePlan } from '../plans.ts';
import { StepError } from '../step-error.ts';
import { type Git, type GitAccess, gitFor } from './git.ts';
import { type LoginFolders, readLogin, withKey } from './login.ts';
import { judgeTree, refuseLinksOut } from './tree/read.ts';

export interface CloneFolders extends LoginFolders {
  /** Is made; ends with the files of the commit and nothing of git. */
  readonly repository: string;
}

/** Fetches one commit and nothing else, and leaves no way back to the repository behind. */
export async function clone(plan: ClonePlan, folders: CloneFolders, context: StepContext): Promise<void> {
  const { repository } = folders;
  const login = await readLogin(folders);
  await mkdir(repository, { recursive: true });
  const late = new AbortController();
  const timer = context.clock.setTimeout(() => late.abort(), plan.limits.seconds * 1000);
  const access = { repository, login, folders, late: late.signal };
  try {
    await fetchInto(access, plan, gitFor(plan, access, context), context);
  } finally {
    context.clock.clearTimeout(timer);
  }
}

async function fetchInto(access: GitAccess, plan: ClonePlan, git: Git, { say }: StepContext): Promise<void> {
  const { url, commit, limits } = plan;
  const { repository, login, folders } = access;
  await git.run(['init', '--quiet', `--object-format=${commit.length === 64 ? 'sha256' : 'sha1'}`]);
  // Stronger than the repository's own .gitattributes.
  await mkdir(join(repository, '.git/info'), { recursive: true });
  await writeFile(join(repository, '.git/info/attributes'), '* -filter -ident\n');
  const fetch = ['fetch', '--quiet', '--depth=1', '--no-tags', '--no-recurse-submodules', '--', url, commit];
  await withKey(login, folders, () => git.run(fetch));
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
