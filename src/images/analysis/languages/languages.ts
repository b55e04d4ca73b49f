import { node } from '../node/node.ts';
import type { Draft } from '../plan/plan.ts';
import { python } from '../python/python.ts';
import { below, type Tree } from '../tree/tree.ts';
import { deno } from './deno.ts';
import { dotnet } from './dotnet.ts';
import { elixir } from './elixir.ts';
import { go } from './go.ts';
import { java } from './java.ts';
import { php } from './php.ts';
import { ruby } from './ruby.ts';
import { rust } from './rust.ts';
import { staticSite } from './static-site.ts';

export type Recogniser = (repository: Tree, path: string) => Draft | undefined;

const alone =
  (recognise: (service: Tree) => Draft | undefined): Recogniser =>
  (repository, path) =>
    recognise(below(repository, path));

/**
 * The first that recognises the repository decides. Node comes late: a package.json lies beside Laravel, Rails and Phoenix as
 * well, for their stylesheets.
 */
export const languages: readonly Recogniser[] = [
  ...[php, go, java, rust, ruby, elixir, python, deno, dotnet].map(alone),
  node,
  alone(staticSite),
];
