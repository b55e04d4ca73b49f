import { join } from 'node:path';
import { filesIn } from './files-in.ts';

export const fixtureFolder = join(import.meta.dirname, '../fixtures/repos');

/** A repository among the fixtures: content by path. */
export function fixtureFiles(name: string): Record<string, string> {
  return filesIn(join(fixtureFolder, name));
}

/** The same with one place of one file changed; a place that is not there any more would break nothing. */
export function changed(name: string, path: string, from: string, to: string): Record<string, string> {
  const content = fixtureFiles(name)[path] ?? '';
  if (!content.includes(from)) throw new Error(`${name}/${path} has no "${from}"`);
  return { [path]: content.replace(from, to) };
}
