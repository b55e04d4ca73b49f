import type { Release } from '../../../rollout/release.ts';
import type { Target } from '../../../targets/target.ts';
import type { Look } from '../look.ts';
import { type Answers, said, scopeOf } from './answers.ts';

interface Turn {
  readonly answers: Answers;
  readonly live: Release | undefined;
}

/** Schedules run what serves: they follow when another release has become live, not while it comes. */
export async function keepSchedules(look: Look, { commands }: Target, { answers, live }: Turn): Promise<void> {
  if (commands === undefined) return;
  const { schedules = [] } = look.deployment.spec;
  const [newest] = look.releases;
  await said(answers, () => commands.schedule(scopeOf(look, answers), { schedules, live, newest }));
}
