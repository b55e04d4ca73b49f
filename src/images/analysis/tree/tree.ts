/** No manifest has more. */
export const usualBytes = 2 ** 20;

/** A repository's files, as far as an analysis may see them. Paths have no leading slash and `/` between folders. */
export interface Tree {
  /** Sorted. Links are not among them, nor what lies beyond the caps. */
  readonly files: readonly string[];
  /** Whether every file of the repository is among them. */
  readonly complete: boolean;
  has(path: string): boolean;
  /** Undefined when there is no such file. Throws AnalysisError for one of more bytes than `most`, or than are usual. */
  read(path: string, most?: number): string | undefined;
  /** The path from the root of the repository, for people. */
  name(path: string): string;
}

/** Why a repository cannot be understood. The sentence is for its author. */
export class AnalysisError extends Error {
  override readonly name = 'AnalysisError';
}

/** The part of a tree below a folder, as if the folder were its root. */
export function below(tree: Tree, folder: string): Tree {
  if (folder === '.') return tree;
  const prefix = `${folder}/`;
  const files = tree.files.filter((file) => file.startsWith(prefix)).map((file) => file.slice(prefix.length));
  return {
    files,
    complete: tree.complete,
    has: (path) => tree.has(prefix + path),
    read: (path, most) => tree.read(prefix + path, most),
    name: (path) => tree.name(prefix + path),
  };
}

/** For code, which may be missed: undefined too for what is too large, or no file any more. */
export function readCode(tree: Tree, path: string, most?: number): string | undefined {
  try {
    return tree.read(path, most);
  } catch (error) {
    if (error instanceof AnalysisError) return undefined;
    throw error;
  }
}

/** The first of these files that exists. */
export function firstOf(tree: Tree, paths: readonly string[]): string | undefined {
  return paths.find((path) => tree.has(path));
}

/** Files directly in a folder. */
export function filesIn(tree: Tree, folder = '.'): string[] {
  return below(tree, folder).files.filter((file) => !file.includes('/'));
}

/** Whether a path may stand in a command and in a Dockerfile as it is. */
export function isPlainPath(path: string): boolean {
  return /^[\w@.+-][\w@.+/-]{0,300}$/.test(path) && !path.split('/').includes('..') && !path.startsWith('-');
}
