import type { Tree } from '../tree/tree.ts';

/** The lines of a file without those that are empty or a comment. */
export function linesOf(tree: Tree, path: string): string[] {
  return (tree.read(path) ?? '')
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}

/** The first line that fits, with what the pattern found. */
export function lineWith(tree: Tree, path: string, pattern: RegExp): { line: string; found: string } | undefined {
  for (const line of linesOf(tree, path)) {
    if (line.length > 2000) continue;
    const match = pattern.exec(line);
    if (match !== null) return { line, found: match[1] ?? match[0] };
  }
  return undefined;
}
