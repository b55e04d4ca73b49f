import { at, type Json, keysAt, readJson, textAt, textsAt } from '../read/json.ts';
import { AnalysisError, type Tree } from '../tree/tree.ts';

/** What is read of a package.json. */
export interface Manifest {
  readonly source: string;
  readonly json: Json;
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies: ReadonlySet<string>;
  readonly devDependencies: ReadonlySet<string>;
  readonly workspaces: readonly string[];
}

export const manifestFile = 'package.json';

export function readManifest(tree: Tree): Manifest | undefined {
  const json = readJson(tree, manifestFile);
  if (json === undefined) return undefined;
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new AnalysisError(`${tree.name(manifestFile)} is no object; correct it`);
  }
  const scripts = keysAt(json, 'scripts').flatMap((name) => {
    const script = textAt(json, 'scripts', name);
    return script === undefined ? [] : [[name, script] as const];
  });
  return {
    source: tree.name(manifestFile),
    json,
    scripts: Object.assign(Object.create(null), Object.fromEntries(scripts)) as Record<string, string>,
    dependencies: new Set(keysAt(json, 'dependencies')),
    devDependencies: new Set(keysAt(json, 'devDependencies')),
    workspaces: at(json, 'workspaces', 'packages')
      ? textsAt(json, 'workspaces', 'packages')
      : textsAt(json, 'workspaces'),
  };
}

export function depends({ dependencies, devDependencies }: Manifest, name: string): boolean {
  return dependencies.has(name) || devDependencies.has(name);
}
