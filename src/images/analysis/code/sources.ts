import { readCode, type Tree } from '../tree/tree.ts';

export interface Source {
  readonly path: string;
  readonly text: string;
}

const extensions = /\.(?:[cm]?[jt]sx?|py|go|rs|java|kt|rb|php|cs|exs?|vue|svelte|astro|prisma)$/;
const notRun =
  /(?:^|\/)(?:tests?|__tests__|spec|docs|examples?|fixtures|vendor|dist|build|target|scripts)\/|[._-](?:test|spec)\.|_test\./;
const maxFiles = 400;
const maxLength = 200_000;
/** Of all together: manifests have to be read after them. */
const maxTotal = 8_000_000;

/** The code that may run, the nearest to the root first. Large files are generated ones, and say little. */
export function sourcesOf(tree: Tree): Source[] {
  const paths = tree.files.filter((path) => extensions.test(path) && !notRun.test(path));
  const depth = (path: string) => path.split('/').length;
  const nearest = paths.sort((one, other) => depth(one) - depth(other)).slice(0, maxFiles);
  let left = maxTotal;
  return nearest.flatMap((path) => {
    const text = readCode(tree, path, Math.min(maxLength, left));
    left -= text?.length ?? 0;
    return text === undefined ? [] : [{ path: tree.name(path), text }];
  });
}
