import { type Fact, fact } from '../plan/fact.ts';
import { at, type Json, keysAt, textsAt } from '../read/json.ts';
import { linesOf } from '../read/lines.ts';
import { readToml } from '../read/toml.ts';
import type { Tree } from '../tree/tree.ts';

export interface Packages {
  /** Normalised names, each with where it was seen. */
  readonly names: ReadonlyMap<string, Fact>;
  readonly project: Json;
}

const manifest = 'pyproject.toml';

/** What a Python project says it depends on. */
export function packagesOf(tree: Tree): Packages {
  const names = new Map<string, Fact>();
  const add = (requirement: string, source: string, line: string) => {
    const [name] = /^[A-Za-z0-9][\w.-]{0,100}/.exec(requirement.trim()) ?? [];
    if (name !== undefined) names.set(normal(name), fact(name, source, line));
  };
  for (const file of ['requirements.txt', 'requirements/production.txt', 'requirements/base.txt', 'Pipfile']) {
    for (const line of linesOf(tree, file)) add(line, tree.name(file), line);
  }
  const project = readToml(tree, manifest);
  const source = tree.name(manifest);
  for (const requirement of textsAt(project, 'project', 'dependencies')) add(requirement, source, requirement);
  for (const name of keysAt(project, 'tool', 'poetry', 'dependencies')) {
    if (name !== 'python') add(name, source, `${name} in [tool.poetry.dependencies]`);
  }
  return { names, project };
}

export function hasTable(project: Json, ...path: readonly string[]): boolean {
  return typeof at(project, ...path) === 'object';
}

function normal(name: string): string {
  return name.toLowerCase().replaceAll(/[_.]/g, '-');
}
