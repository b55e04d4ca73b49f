import type { Tree } from '../tree/tree.ts';
import { linesOf } from './lines.ts';

/**
 * A list of texts at the top of a YAML file: as lines with a dash, or in brackets. Line by line, because a parser of all YAML
 * takes seconds over some files of 100 KB.
 */
export function yamlList(tree: Tree, path: string, key: string): string[] {
  const lines = linesOf(tree, path).filter((line) => line.length < 2000);
  const start = lines.findIndex((line) => line.startsWith(`${key}:`));
  if (start < 0) return [];
  const inline = /^\[(.*)\]$/.exec(lines[start]?.slice(key.length + 1).trim() ?? '')?.[1];
  if (inline !== undefined)
    return inline
      .split(',')
      .map(plain)
      .filter((entry) => entry !== '');
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => !line.startsWith('- '));
  return rest.slice(0, end < 0 ? undefined : end).map((line) => plain(line.slice(2)));
}

function plain(text: string): string {
  const quoted = /^\s{0,20}(["'])([^"']*)\1/.exec(text)?.[2];
  return quoted ?? text.replace(/ #.*$/, '').trim();
}
