import { type Fact, fact } from './plan/fact.ts';
import { linesOf } from './read/lines.ts';
import type { Tree } from './tree/tree.ts';

/** BuildKit takes both. */
export const ownNames: readonly string[] = ['Dockerfile', 'dockerfile'];

/** The repository's own Dockerfile: used as it is; what it says of itself is for people. */
export interface OwnDockerfile {
  readonly kind: 'Dockerfile';
  readonly file: Fact;
  readonly context: Fact;
  readonly stage?: Fact | undefined;
  readonly port?: Fact<number> | undefined;
  readonly user?: Fact | undefined;
}

export interface BuildChoices {
  /** Folder of the service. */
  readonly path: string;
  readonly dockerfile?: string | undefined;
  readonly context?: string | undefined;
  readonly stage?: string | undefined;
}

export function describeDockerfile(
  tree: Tree,
  path: string,
  { context, stage, ...choices }: BuildChoices,
): OwnDockerfile {
  const lines = linesOf(tree, path);
  const last = (pattern: RegExp) => lines.findLast((line) => line.length < 500 && pattern.test(line));
  const user = last(/^USER\s/i);
  const expose = last(/^EXPOSE\s{1,9}\d/i);
  const source = tree.name(path);
  return {
    kind: 'Dockerfile',
    file: fact(path, source, choices.dockerfile === undefined ? 'the file exists' : 'build.dockerfile names it'),
    context:
      context === undefined
        ? fact(choices.path, 'default', 'the folder of the service')
        : fact(context, 'build.context', context),
    stage: stage === undefined ? undefined : fact(stage, 'build.stage', stage),
    port: expose === undefined ? undefined : fact(Number(/\d{1,5}/.exec(expose)?.[0]), source, expose),
    user: user === undefined ? undefined : fact(user.replace(/^USER\s+/i, ''), source, user),
  };
}
