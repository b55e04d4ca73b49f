import { areBuilt, ensureBinaries } from '../cluster/build/builder.ts';
import { createReporter } from '../cluster/cli/reporter.ts';
import { run } from '../lib/run.ts';

/** Helm 4 where it costs nothing: as the local cluster has built it, or from PATH. */
export async function helmAtHand(): Promise<string | undefined> {
  if (await areBuilt(['helm']).catch(() => false)) return builtHelm();
  const { code, stdout } = await run('helm', ['version', '--short'], { allowFailure: true });
  return code === 0 && stdout.startsWith('v4.') ? 'helm' : undefined;
}

/** Helm 4, built when it is not there yet; needs Go. */
export async function builtHelm(): Promise<string> {
  const { helm = 'helm' } = await ensureBinaries(['helm'], createReporter());
  return helm;
}
