import type { HookReport, HookRun } from '../../../rollout/engine/state.ts';
import type { Command } from '../../../targets/commands.ts';
import type { Target } from '../../../targets/target.ts';
import type { Look } from '../look.ts';
import { type Answers, said, scopeOf, sooner, unfinishedMs } from './answers.ts';

interface Turn {
  readonly answers: Answers;
  readonly runs: readonly HookRun[];
}

/** Has the place run the commands that are due, and end all others. */
export async function runHooks(look: Look, target: Target, { answers, runs }: Turn): Promise<readonly HookReport[]> {
  const { commands } = target;
  if (commands === undefined) return [];
  const wanted = runs.flatMap((each) => commandOf(look, each));
  const reports = await said(answers, () => commands.run(scopeOf(look, answers), wanted));
  if (reports === undefined) return wanted.map((command) => refused(command, answers));
  if (reports.length < wanted.length) sooner(answers, unfinishedMs);
  return reports;
}

function commandOf({ deployment, releases }: Look, { release: number, ...run }: HookRun): Command[] {
  const { beforeRelease, afterRelease } = deployment.spec.hooks ?? {};
  const settings = run.hook === 'before' ? beforeRelease : afterRelease;
  const release = releases.find((each) => each.number === number);
  return release === undefined || settings === undefined ? [] : [{ ...settings, ...run, release }];
}

/** Its time runs: what the cluster refuses, such as one Job too many, must not hold a release up for ever. */
function refused({ release, hook, attempt }: Command, { refusal }: Answers): HookReport {
  return { release: release.number, hook, attempt, outcome: 'Running', message: refusal?.message ?? '' };
}
