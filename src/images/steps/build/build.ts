import { chmod, readFile, realpath, writeFile } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import type { StepContext } from '../context.ts';
import type { BuildStepPlan } from '../plans.ts';
import { hideFromLines } from '../program/lines.ts';
import type { Built } from '../result/result.ts';
import { StepError } from '../step-error.ts';
import { buildArguments } from './arguments.ts';
import type { Builder } from './builder.ts';
import { chooseDockerfile } from './choose.ts';
import { type DaemonOptions, startDaemon } from './daemon.ts';
import type { EngineBuild } from './engine/builder.ts';
import { judgeBuild } from './failure.ts';
import { BuildProgress } from './rawjson.ts';
import { sourcePolicy } from './source-policy.ts';

export interface BuildFolders extends Omit<DaemonOptions, 'registries' | 'rootless'> {
  readonly repository: string;
  /** Becomes an OCI layout. */
  readonly image: string;
  /** What commands may mount: a file for each id. */
  readonly secrets: string;
  readonly engine: Pick<EngineBuild, 'socket' | 'tls' | 'login'>;
}

/** Builds the image into a folder. Nothing in reach of this step is worth stealing, but what the Project gives its own trusted code. */
export async function build(
  plan: BuildStepPlan,
  folders: BuildFolders,
  context: StepContext,
): Promise<Omit<Built, 'ok' | 'stage' | 'seconds'>> {
  const { clock, signal } = context;
  await staysInside(folders.repository, plan.path);
  await hideSecrets(plan, folders);
  const paths = await chooseDockerfile(plan, folders, context.say);
  await staysInside(folders.repository, paths.context);
  await staysInside(folders.repository, dirname(paths.dockerfile));
  const begun = clock.monotonic();
  const builder = await openBuilder(plan, folders, context);
  try {
    const startSeconds = (clock.monotonic() - begun) / 1000;
    const progress = new BuildProgress(context.say);
    const policy = await policyFile(plan, folders);
    const options = buildArguments(plan, { ...folders, policy, paths });
    const code = await builder.build(options, folders.image, (line) => progress.line(line));
    if (signal.aborted) throw cutShort(progress);
    if (code !== 0) throw judgeBuild(progress, paths, plan);
    await builder.prune(plan.cacheMegabytes);
    // The next step runs under another user.
    await chmod(folders.image, 0o755);
    const summary = paths.derived && { plan: paths.derived.summary };
    return { startSeconds, dockerfile: paths.dockerfile, ...summary, ...progress.steps };
  } finally {
    await builder.stop();
  }
}

/** A command may print what it mounts, and its last lines stand in a status. */
async function hideSecrets({ secrets = [] }: BuildStepPlan, folders: Pick<BuildFolders, 'secrets'>): Promise<void> {
  for (const id of secrets) hideFromLines(await readFile(join(folders.secrets, id), 'utf8'));
}

async function policyFile(
  plan: BuildStepPlan,
  { scratch }: Pick<BuildFolders, 'scratch'>,
): Promise<string | undefined> {
  if (plan.hosts === undefined) return undefined;
  const file = join(scratch, 'source-policy.json');
  await writeFile(file, JSON.stringify(sourcePolicy(plan.hosts, plan)));
  return file;
}

async function openBuilder(plan: BuildStepPlan, folders: BuildFolders, context: StepContext): Promise<Builder> {
  const { engine: host, registries, rootless } = plan;
  if (host === undefined) return startDaemon({ ...folders, registries, rootless }, context);
  const { openEngine } = await import('./engine/builder.ts');
  return openEngine({ host, scratch: folders.scratch, ...folders.engine }, context);
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
