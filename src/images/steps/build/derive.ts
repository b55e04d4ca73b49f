import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Analysis, analyse } from '../../analysis/analyse.ts';
import { describe } from '../../analysis/describe.ts';
import { imagesOf } from '../../analysis/plan/images.ts';
import type { Plan } from '../../analysis/plan/plan.ts';
import { folderTree } from '../../analysis/tree/folder-tree.ts';
import { AnalysisError, type Tree } from '../../analysis/tree/tree.ts';
import { ownIgnore, renderIgnore } from '../../dockerfile/ignore.ts';
import { renderDockerfile } from '../../dockerfile/render.ts';
import type { BuildStepPlan } from '../plans.ts';
import { plainLine } from '../program/lines.ts';
import { StepError } from '../step-error.ts';
import type { BuildPaths } from './arguments.ts';
import type { Sources } from './choose.ts';

/** Writes the Dockerfile of a repository that has none. It reads the repository's files and runs nothing of them. */
export async function derive(
  plan: BuildStepPlan,
  { repository, scratch }: Sources,
  say: (line: string) => void,
): Promise<BuildPaths> {
  const { tree, found } = recognised(repository, plan);
  const texts = { dockerfile: renderDockerfile(found, plan.baseImages), ignore: ignoreOf(tree, found) };
  explain(found, { plan, dockerfile: texts.dockerfile }).forEach((line) => say(plainLine(line)));
  const summary = plainLine(summaryOf(found, plan));
  const folder = await written(scratch, texts);
  return { dockerfile: 'derived Dockerfile', context: found.context.value, derived: { folder, summary } };
}

function recognised(repository: string, plan: BuildStepPlan): { tree: Tree; found: Plan } {
  const tree = attempt(() => folderTree(repository));
  const analysis = analyse(tree, { path: plan.path });
  if (analysis.kind !== 'Plan') throw notRecognised(analysis);
  const { context } = analysis.plan;
  if (plan.context !== undefined && join(plan.context) !== context.value) {
    const message = `there is no Dockerfile, and without one the context is "${context.value}"; take build.context out`;
    throw new StepError('UnknownProjectType', message);
  }
  return { tree, found: analysis.plan };
}

/** What was looked for, and how a Dockerfile could begin. */
function notRecognised(analysis: Exclude<Analysis, { kind: 'Plan' }>): StepError {
  const [first = '', ...lines] = describe(analysis).map((line) => plainLine(line));
  return new StepError('UnknownProjectType', `there is no Dockerfile, and ${first}`, { lines: lines.slice(0, 20) });
}

function ignoreOf(tree: Tree, found: Plan): string {
  return renderIgnore(
    found,
    attempt(() => ownIgnore(tree, found)),
  );
}

function attempt<Result>(read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (error instanceof AnalysisError) {
      throw new StepError('UnknownProjectType', `there is no Dockerfile, and ${error.message}`);
    }
    throw error;
  }
}

/** For the log: a failure names lines of this Dockerfile, which stands nowhere else. */
function explain(found: Plan, { plan, dockerfile }: { plan: BuildStepPlan; dockerfile: string }): string[] {
  const numbered = dockerfile.trimEnd().split('\n');
  return [
    'There is no Dockerfile; this one is derived from what the files say:',
    ...describe({ kind: 'Plan', plan: found }, plan.baseImages),
    ...numbered.map((line, index) => `${String(index + 1).padStart(3)}  ${line}`),
  ];
}

function summaryOf(found: Plan, { baseImages }: BuildStepPlan): string {
  const { framework, language, version, port, notes } = found;
  const what = [framework?.value, `${language.value} ${version.value}`.trim(), `port ${port.value}`];
  const images = imagesOf(found, baseImages).map(
    ({ value, source }) => `${value}${source === 'default' ? '' : ` (${source})`}`,
  );
  const derived = `derived from ${language.source}: ${what.filter(Boolean).join(', ')}; on ${images.join(', ')}`;
  return [derived, ...notes].join('; ');
}

/**
 * Not into the repository: its content stays what was committed, and a link there cannot lead the write elsewhere. BuildKit
 * reads the .dockerignore that has the Dockerfile's name before it.
 */
async function written(scratch: string, texts: { dockerfile: string; ignore: string }): Promise<string> {
  const folder = join(scratch, 'derived');
  await mkdir(scratch, { recursive: true });
  await mkdir(folder);
  await writeFile(join(folder, 'Dockerfile'), texts.dockerfile, { flag: 'wx' });
  await writeFile(join(folder, 'Dockerfile.dockerignore'), texts.ignore, { flag: 'wx' });
  return folder;
}
