import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { ownNames } from '../../analysis/dockerfile-facts.ts';
import type { BuildStepPlan } from '../plans.ts';
import { type BuildPaths, pathsOf } from './arguments.ts';

export interface Sources {
  readonly repository: string;
  /** Outside of the repository, and of this build alone. */
  readonly scratch: string;
}

/** The Dockerfile that is built: that of the repository, or without one a derived one. */
export async function chooseDockerfile(
  plan: BuildStepPlan,
  sources: Sources,
  say: (line: string) => void,
): Promise<BuildPaths> {
  if (await hasOwn(plan, sources)) return pathsOf(plan);
  // A file of its own beside the step: whoever has a Dockerfile does not load it.
  const { derive } = await import('./derive.ts');
  return derive(plan, sources, say);
}

/** One that is named, or a stage of one, is meant even when it is not there; BuildKit then says so. */
async function hasOwn({ path, dockerfile, stage }: BuildStepPlan, { repository }: Sources): Promise<boolean> {
  if (dockerfile !== undefined || stage !== undefined) return true;
  const found = await Promise.all(ownNames.map((name) => exists(join(repository, path, name))));
  return found.includes(true);
}

/** Also when it is a link: what that leads to is for BuildKit to judge. */
async function exists(file: string): Promise<boolean> {
  return lstat(file).then(
    () => true,
    () => false,
  );
}
