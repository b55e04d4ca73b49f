import { buildkit } from './buildkit.ts';
import { busybox } from './busybox.ts';
import { buildTools, debian } from './debian.ts';
import { golang } from './golang.ts';
import { nginx } from './nginx.ts';
import { node, nodeSlim } from './node.ts';
import { python, pythonSlim } from './python.ts';
import type { Recipe } from './recipe.ts';
import { syftScanner } from './syft-scanner.ts';

/** What builds begin with, parents before their children, the most used and quickest first. */
export const catalogue: readonly Recipe[] = [
  debian,
  busybox,
  nodeSlim,
  buildkit,
  nginx,
  pythonSlim,
  buildTools,
  node,
  golang,
  python,
];

/** Made only when it is named: its program takes minutes to build, and only lists of contents need it. */
const onDemand: readonly Recipe[] = [syftScanner];

/** The recipes to make for some names: those and their parents, in order. */
export function selectRecipes(names: readonly string[]): Recipe[] {
  const wanted = new Set<string>();
  for (const name of names) {
    for (let next: string | undefined = name; next !== undefined; next = find(next).parent) wanted.add(next);
  }
  return everything.filter(({ name }) => wanted.has(name));
}

export const everything = [...catalogue, ...onDemand];

function find(name: string): Recipe {
  const found = everything.find((recipe) => recipe.name === name);
  if (found) return found;
  const known = everything.map((recipe) => recipe.name).join(', ');
  throw new Error(`there is no base image "${name}"; known are ${known}`);
}
