import { readlink } from 'node:fs/promises';
import type { SourceLimits } from '../../plans.ts';
import { StepError } from '../../step-error.ts';
import type { Git } from '../git.ts';
import { TreeReader } from './entries.ts';
import { shown, TreeJudge } from './judge.ts';
import { leavesTree } from './links.ts';

/** Lists what is about to be written, and refuses it while it is only a listing. */
export async function judgeTree(git: Git, limits: SourceLimits): Promise<TreeJudge> {
  const judge = new TreeJudge(limits);
  const reader = new TreeReader();
  await git.read(['ls-tree', '-r', '-t', '-z', '-l', '--full-tree', 'FETCH_HEAD'], (chunk) => {
    for (const entry of reader.add(chunk)) {
      const refusal = judge.add(entry);
      if (refusal !== undefined) throw new StepError('SourceRefused', refusal);
    }
  });
  return judge;
}

/** git writes links without following them; whoever reads the files later may follow. */
export async function refuseLinksOut(repository: string, paths: readonly string[]): Promise<void> {
  const links = new Map<string, string>();
  for (const path of paths) links.set(path, await targetOf(repository, path));
  const out = paths.find((path) => leavesTree(path, links));
  if (out === undefined) return;
  const message = `the link "${shown(out)}" leads out of the repository; replace it by a file, or by a relative link to one inside`;
  throw new StepError('SourceRefused', message);
}

function targetOf(repository: string, path: string): Promise<string> {
  return readlink(Buffer.concat([Buffer.from(`${repository}/`), Buffer.from(path, 'latin1')]), 'latin1');
}
