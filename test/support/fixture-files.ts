import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const fixtureFolder = join(import.meta.dirname, '../fixtures/repos');

/** A repository among the fixtures: content by path. */
export function fixtureFiles(name: string): Record<string, string> {
  const folder = join(fixtureFolder, name);
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = entries.map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(paths.map((path) => [path.slice(folder.length + 1), readFileSync(path, 'utf8')]));
}

/** The same with one place of one file changed; a place that is not there any more would break nothing. */
export function changed(name: string, path: string, from: string, to: string): Record<string, string> {
  const content = fixtureFiles(name)[path] ?? '';
  if (!content.includes(from)) throw new Error(`${name}/${path} has no "${from}"`);
  return { [path]: content.replace(from, to) };
}
