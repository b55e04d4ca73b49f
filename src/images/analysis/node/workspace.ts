import { type Fact, fact } from '../plan/fact.ts';
import { yamlList } from '../read/yaml-list.ts';
import { below, isPlainPath, type Tree } from '../tree/tree.ts';
import { manifestFile, readManifest } from './manifest.ts';

export interface Workspace {
  /** Folders with a package.json, from the root of the workspace. */
  readonly members: readonly string[];
  readonly fact: Fact;
}

const maxMembers = 200;

/** The packages that a root package.json or pnpm-workspace.yaml names. */
export function workspaceOf(tree: Tree): Workspace | undefined {
  const pnpm = 'pnpm-workspace.yaml';
  const [patterns, source] = tree.has(pnpm)
    ? [yamlList(tree, pnpm, 'packages'), pnpm]
    : [readManifest(tree)?.workspaces ?? [], manifestFile];
  if (patterns.length === 0) return undefined;
  const shown = patterns.slice(0, 5).join(', ');
  return { members: membersOf(tree, patterns), fact: fact('.', tree.name(source), `packages: ${shown}`) };
}

function membersOf(tree: Tree, patterns: readonly string[]): string[] {
  const folders = tree.files
    .filter((file) => file.endsWith(`/${manifestFile}`))
    .map((file) => file.slice(0, -manifestFile.length - 1));
  const not = patterns.filter((pattern) => pattern.startsWith('!')).map((pattern) => pattern.slice(1));
  const isMember = (folder: string) =>
    patterns.some((pattern) => matches(folder, pattern)) && !not.some((pattern) => matches(folder, pattern));
  return folders.filter((folder) => isPlainPath(folder) && isMember(folder)).slice(0, maxMembers);
}

/** `*` stands for one folder and `**` for any number; part by part, so that no pattern takes long. */
function matches(folder: string, pattern: string): boolean {
  const parts = pattern.replace(/^\.\//, '').replace(/\/$/, '').split('/');
  const folders = folder.split('/');
  const deep = parts.indexOf('**');
  if (deep >= 0)
    return folders.length > deep && parts.slice(0, deep).every((part, index) => fits(folders[index], part));
  return parts.length === folders.length && parts.every((part, index) => fits(folders[index], part));
}

function fits(name = '', part = ''): boolean {
  const [before = '', after] = part.split('*', 2);
  if (after === undefined) return name === part;
  return name.length >= before.length + after.length && name.startsWith(before) && name.endsWith(after);
}

/** The nearest folder above whose workspace has this one. */
export function rootOf(tree: Tree, path: string): { root: string; member: string; workspace: Workspace } | undefined {
  const parts = path.split('/');
  for (let length = parts.length - 1; length >= 0; length -= 1) {
    const root = length === 0 ? '.' : parts.slice(0, length).join('/');
    const member = parts.slice(length).join('/');
    const workspace = workspaceOf(below(tree, root));
    if (workspace?.members.includes(member)) return { root, member, workspace };
  }
  return undefined;
}
