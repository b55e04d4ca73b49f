import { chmod, mkdir, realpath } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import type { StepContext } from '../context.ts';
import type { BuildStepPlan } from '../plans.ts';
import type { Built } from '../result/result.ts';
import { StepError } from '../step-error.ts';
import { buildArguments } from './arguments.ts';
import { chooseDockerfile } from './choose.ts';
import { type DaemonOptions, startDaemon } from './daemon.ts';
import { judgeBuild } from './failure.ts';
import { BuildProgress } from './rawjson.ts';

export interface BuildFolders extends Omit<DaemonOptions, 'registries'> {
  readonly repository: string;
  /** Becomes an OCI layout. */
  readonly image: string;
}

/** Builds the image into a folder. Nothing in reach of this step is worth stealing. */
export async function build(
  plan: BuildStepPlan,
  folders: BuildFolders,
  context: StepContext,
): Promise<Omit<Built, 'ok' | 'stage' | 'seconds'>> {
  const { clock, signal } = context;
  await staysInside(folders.repository, plan.path);
  const paths = await chooseDockerfile(plan, folders, context.say);
  await staysInside(folders.repository, paths.context);
  await staysInside(folders.repository, dirname(paths.dockerfile));
  const begun = clock.monotonic();
  const daemon = await startDaemon({ ...folders, registries: plan.registries }, context);
  try {
    const startSeconds = (clock.monotonic() - begun) / 1000;
    await mkdir(folders.image, { recursive: true });
    const progress = new BuildProgress(context.say);
    const code = await daemon.buildctl(buildArguments(plan, { ...folders, paths }), (line) => progress.line(line));
    if (signal.aborted) throw cutShort(progress);
    if (code !== 0) throw judgeBuild(progress, paths);
    await daemon.buildctl(['prune', '--all', '--keep-storage', String(plan.cacheMegabytes)], () => undefined);
    // The next step runs under another user.
    await chmod(folders.image, 0o755);
    const summary = paths.derived && { plan: paths.derived.summary };
    return { startSeconds, dockerfile: paths.dockerfile, ...summary, ...progress.steps };
  } finally {
    await daemon.stop();
  }
}

/** A link in the repository could lead out of it. */
async function staysInside(repository: string, path: string): Promise<void> {
  const root = await realpath(repository);
  const found = await realpath(join(root, path)).catch(() => undefined);
  if (found === undefined) {
    throw new StepError('UnknownProjectType', `the repository has no folder "${path}"; correct path or build.context`);
  }
  if (found !== root && !found.startsWith(root + sep)) {
    throw new StepError('SourceRefused', `"${path}" is a link that leads out of the repository; use a real folder`);
  }
}

function cutShort({ running }: BuildProgress): StepError {
  const details = running && { step: running.step, lines: running.lines.slice(-20) };
  return new StepError('BuildCancelled', 'the build was told to end', details, running?.lines);
}
