import { byDefault, type Fact, fact } from '../plan/fact.ts';
import { quoted, textAt } from '../read/json.ts';
import { lineWith } from '../read/lines.ts';
import { firstOf, type Tree } from '../tree/tree.ts';
import type { Manifest } from './manifest.ts';

export type ManagerName = 'npm' | 'pnpm' | 'yarn' | 'berry' | 'bun';

export interface Manager {
  readonly name: ManagerName;
  readonly fact: Fact;
  readonly lock: string | undefined;
  /** Of pnpm and yarn from 2 on, which no image has. */
  readonly version: string;
}

const locks: Readonly<Record<Exclude<ManagerName, 'berry'>, readonly string[]>> = {
  pnpm: ['pnpm-lock.yaml'],
  bun: ['bun.lock', 'bun.lockb'],
  yarn: ['yarn.lock'],
  npm: ['package-lock.json', 'npm-shrinkwrap.json'],
};
type Plain = keyof typeof locks;

/** The lock file that a package manager writes today. */
export function lockOf(name: ManagerName): string {
  return locks[name === 'berry' ? 'yarn' : name][0] ?? '';
}

const names = Object.keys(locks) as Plain[];

/** By the field made for it, else by the lock file, else by engines. */
export function managerOf(tree: Tree, manifest: Manifest): Manager {
  const [name, found, version] =
    fromField(manifest) ??
    fromLock(tree) ??
    fromEngines(manifest) ??
    (['npm', byDefault('npm', 'no lock file')] as const);
  const lock = firstOf(tree, locks[name]);
  if (name === 'pnpm') return { name, fact: found, lock, version: version ?? pnpmVersion(tree) };
  const isBerry = name === 'yarn' && (tree.has('.yarnrc.yml') || /^[2-9]/.test(version ?? ''));
  return { name: isBerry ? 'berry' : name, fact: found, lock, version: version ?? (isBerry ? '4' : '') };
}

type Found = readonly [Plain, Fact, string?];

function fromField({ json, source }: Manifest): Found | undefined {
  const field = textAt(json, 'packageManager');
  const [, name, version] = /^(npm|pnpm|yarn|bun)@(\d{1,3}(?:\.\d{1,4}){0,2})/.exec(field ?? '') ?? [];
  if (field === undefined || version === undefined) return undefined;
  return [name as Plain, fact(name ?? '', source, quoted('packageManager', field)), version];
}

function fromLock(tree: Tree): Found | undefined {
  for (const name of names) {
    const lock = firstOf(tree, locks[name]);
    if (lock !== undefined) return [name, fact(name, tree.name(lock), 'the file exists')];
  }
  return undefined;
}

function fromEngines({ json, source }: Manifest): Found | undefined {
  for (const name of ['pnpm', 'bun', 'yarn'] as const) {
    const engine = textAt(json, 'engines', name);
    if (engine !== undefined) return [name, fact(name, source, quoted(name, engine))];
  }
  return undefined;
}

/** Each major version writes a lock file of its own, and refuses others. */
function pnpmVersion(tree: Tree): string {
  const format = lineWith(tree, 'pnpm-lock.yaml', /^lockfileVersion: '?(\d{1,2})/)?.found;
  return { '5': '7', '6': '8' }[format ?? ''] ?? '10';
}
