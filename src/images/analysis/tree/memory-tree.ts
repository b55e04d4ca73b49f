import { AnalysisError, type Tree, usualBytes } from './tree.ts';

/** A tree from a map of file contents. */
export function memoryTree(contents: Readonly<Record<string, string>>): Tree {
  const files = Object.keys(contents).sort();
  const has = (path: string) => Object.hasOwn(contents, path);
  const read = (path: string, most = usualBytes) => {
    const text = has(path) ? contents[path] : undefined;
    if (text !== undefined && text.length > most) throw new AnalysisError(`${path} is too large`);
    return text;
  };
  return { files, complete: true, has, read, name: (path) => path };
}
