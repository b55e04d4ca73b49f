import { buildkit } from './buildkit.ts';
import { bun } from './bun.ts';
import { busybox } from './busybox.ts';
import { buildTools, debian } from './debian.ts';
import { deno } from './deno.ts';
import { golang } from './golang.ts';
import { jdk, jre, maven } from './java.ts';
import { nginx } from './nginx.ts';
import { node, nodeSlim } from './node.ts';
import { php } from './php.ts';
import { python, pythonSlim } from './python.ts';
import type { Recipe } from './recipe.ts';
import { ruby, rubySlim } from './ruby.ts';
import { rust } from './rust.ts';
import { syftScanner } from './syft-scanner.ts';

/** What every local cluster gets, parents before their children, the most used and quickest first. */
export const usual: readonly Recipe[] = [
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

/** For derived Dockerfiles of these languages; made when asked for by name, because a first start should not wait for them. */
const languages: readonly Recipe[] = [bun, deno, rust, jre, jdk, maven, rubySlim, ruby, php];

/** What builds begin with. */
export const catalogue: readonly Recipe[] = [...usual, ...languages];

/** Made only when it is named: its program takes minutes to build, and only lists of contents need it. */
const onDemand: readonly Recipe[] = [syftScanner];

export const everything: readonly Recipe[] = [...catalogue, ...onDemand];

/** The recipes to make for some names: those and their parents, in order. */
export function selectRecipes(names: readonly string[]): Recipe[] {
  const wanted = new Set<string>();
  for (const name of names) {
    for (let next: string | undefined = name; next !== undefined; next = find(next).parent) wanted.add(next);
  }
  return everything.filter(({ name }) => wanted.has(name));
}

function find(name: string): Recipe {
  const found = everything.find((recipe) => recipe.name === name);
  if (found) return found;
  const known = everything.map((recipe) => recipe.name).join(', ');
  throw new Error(`there is no base image "${name}"; known are ${known}`);
}
