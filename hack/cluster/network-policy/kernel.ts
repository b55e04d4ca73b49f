import { sleep } from '../../../src/seams/clock.ts';
import { systemClock } from '../../../src/seams/system.ts';
import { run } from '../../lib/run.ts';
import { ensureRule } from '../bare/machine/iptables.ts';
import { ruleScript, setScript, table, v6Script } from './render.ts';
import type { Ruleset } from './rules.ts';
import { prefix } from './sets.ts';

/** Where connections of pods pass: between pods and out, and to the node's own processes. Not what the node begins. */
const hooks = ['FORWARD', 'INPUT'] as const;
const removeDeadlineMs = 5000;

/**
 * Makes the kernel hold these rules. Sets come first under names of their own, then all chains in one step, and what is
 * named no more goes last: at no time is a half-made policy in force, and an interrupted call is mended by the next.
 */
export async function enforce(ruleset: Ruleset): Promise<void> {
  await run('ipset', ['restore', '-exist'], { input: setScript(ruleset) });
  await run('iptables-restore', ['-w', '5', '--noflush'], { input: ruleScript(ruleset) });
  for (const hook of hooks) await ensureRule(table, hook, ['-j', prefix]);
  await removeSets(new Set(ruleset.sets.map(({ name }) => name)));
}

/** Shuts the way round the policies; once is enough. */
export async function shutV6(bridge: string): Promise<void> {
  await run('ip6tables-restore', ['-w', '5', '--noflush'], { input: v6Script(bridge) });
  for (const hook of hooks) await ensureRule(table, hook, ['-j', prefix], 'ip6tables');
}

/** Our sets that are there, whoever made them. */
export async function presentSets(): Promise<string[]> {
  const { stdout } = await run('ipset', ['list', '-name'], { allowFailure: true });
  return stdout.split('\n').filter((name) => name.startsWith(`${prefix}-`));
}

/** The kernel lets go of a removed rule a little later; a set that is still held goes the next time. */
async function removeSets(keep: ReadonlySet<string> = new Set()): Promise<void> {
  for (const name of (await presentSets()).filter((present) => !keep.has(present))) {
    await run('ipset', ['destroy', name], { allowFailure: true });
  }
}

/** For when no rule names a set any more. */
export async function removeAllSets(): Promise<void> {
  const deadline = systemClock.monotonic() + removeDeadlineMs;
  while ((await presentSets()).length > 0 && systemClock.monotonic() < deadline) {
    await removeSets();
    await sleep(systemClock, 20);
  }
}
