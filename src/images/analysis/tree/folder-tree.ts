import { closeSync, constants, fstatSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { AnalysisError, type Tree, usualBytes } from './tree.ts';

export interface TreeCaps {
  /** Files and folders. */
  readonly files: number;
  readonly depth: number;
  readonly fileBytes: number;
  /** Over all reads. */
  readonly totalBytes: number;
}

const usual: TreeCaps = { files: 20_000, depth: 12, fileBytes: usualBytes, totalBytes: 32 * 2 ** 20 };

/** What package managers and builds write, and what only git reads: large, and never the author's own word. */
const skipped = new Set(
  '.git .hg .svn node_modules .pnpm-store .venv venv __pycache__ .next .nuxt .output .gradle _build deps'.split(' '),
);

/**
 * The files below a folder of this machine. Links are never followed: a repository may name any file of the machine by one.
 * Nothing may write to the folder meanwhile.
 */
export function folderTree(root: string, caps: Partial<TreeCaps> = {}): Tree {
  const limits = { ...usual, ...caps };
  const { files, complete } = listed(root, limits);
  const known = new Set(files);
  let left = limits.totalBytes;
  return {
    files,
    complete,
    has: (path) => known.has(path),
    name: (path) => path,
    read: (path, most = limits.fileBytes) => {
      if (!known.has(path)) return undefined;
      const text = readText(join(root, path), path, Math.min(limits.fileBytes, left, most));
      left -= Buffer.byteLength(text);
      return text;
    },
  };
}

/** Breadth first: what lies near the root tells most, and is there when a cap is reached. */
function listed(root: string, { files: most, depth }: TreeCaps): Pick<Tree, 'files' | 'complete'> {
  const files: string[] = [];
  const folders = [{ path: '', level: 0 }];
  let left = most;
  let complete = true;
  for (const { path, level } of folders) {
    if (level > depth || left <= 0) return { files: files.sort(), complete: false };
    const entries = entriesOf(root, path);
    complete &&= entries.length <= left;
    for (const entry of entries.slice(0, left)) {
      if (entry.isFolder) folders.push({ path: entry.path, level: level + 1 });
      else files.push(entry.path);
    }
    left -= entries.length;
  }
  return { files: files.sort(), complete };
}

/** Files and folders; nothing that is a link, a pipe or a device. */
function entriesOf(root: string, folder: string): { path: string; isFolder: boolean }[] {
  try {
    return readdirSync(join(root, folder), { withFileTypes: true })
      .filter((entry) => entry.isFile() || (entry.isDirectory() && !skipped.has(entry.name)))
      .map((entry) => ({
        path: folder === '' ? entry.name : `${folder}/${entry.name}`,
        isFolder: entry.isDirectory(),
      }));
  } catch (error) {
    throw unreadable(folder, error);
  }
}

function readText(file: string, path: string, most: number): string {
  const descriptor = opened(file, path);
  try {
    const { size } = fstatSync(descriptor);
    if (size > most) throw new AnalysisError(`${path} has ${size} bytes, more than is read of one repository's file`);
    const content = Buffer.alloc(size);
    return content.toString('utf8', 0, readSync(descriptor, content, 0, size, 0));
  } finally {
    closeSync(descriptor);
  }
}

/** Opening a pipe for reading would wait for a writer. */
function opened(file: string, path: string): number {
  try {
    return openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    throw unreadable(path, error);
  }
}

function unreadable(path: string, error: unknown): AnalysisError {
  return new AnalysisError(`${path} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'error'})`);
}
