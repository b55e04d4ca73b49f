import type { Tree } from './tree.ts';

/** A tree from a map of file contents. */
export function memoryTree(contents: Readonly<Record<string, string>>): Tree {
  const files = Object.keys(contents).sort();
  const has = (path: string) => Object.hasOwn(contents, path);
  return { files, complete: true, has, read: (path) => (has(path) ? contents[path] : undefined), name: (path) => path };
}
