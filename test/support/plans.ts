import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { analyse } from '../../src/images/analysis/analyse.ts';
import type { Plan } from '../../src/images/analysis/plan/plan.ts';
import { folderTree } from '../../src/images/analysis/tree/folder-tree.ts';
import { memoryTree } from '../../src/images/analysis/tree/memory-tree.ts';
import type { Tree } from '../../src/images/analysis/tree/tree.ts';
import { fixtureFolder } from './fixture-files.ts';

/** Small repositories, one of each kind. Lock files of some are only their first lines: they are analysed, not installed. */
export const fixtureNames = readdirSync(fixtureFolder);

export function fixtureTree(name: string): Tree {
  return folderTree(join(fixtureFolder, name));
}

/** The plan of a repository that has to have one. */
export function planOf(tree: Tree | Readonly<Record<string, string>>, path = '.'): Plan {
  const analysis = analyse(
    'read' in tree && typeof tree.read === 'function' ? (tree as Tree) : memoryTree(tree as Record<string, string>),
    { path },
  );
  if (analysis.kind !== 'Plan') expect.fail(JSON.stringify(analysis));
  return analysis.plan;
}

/** Why there is no plan. */
export function refusalOf(files: Readonly<Record<string, string>>, path = '.'): string {
  const analysis = analyse(memoryTree(files), { path });
  if (analysis.kind !== 'Unknown') expect.fail(JSON.stringify(analysis));
  return analysis.message;
}

/** Values alone, for a table. */
export function valuesOf(plan: Plan) {
  const { language, version, framework, packageManager, install, build, start, port, output, health } = plan;
  return {
    language: language.value,
    version: version.value,
    framework: framework?.value,
    packages: packageManager?.value,
    install: install?.value,
    build: build?.value,
    start: start.value.at(-1) === undefined ? '' : start.value.join(' ').replace(/^sh -c /, ''),
    port: port.value,
    output: output?.value,
    health: health?.value,
  };
}
