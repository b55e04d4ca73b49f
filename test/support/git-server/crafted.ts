import { execFileSync } from 'node:child_process';
import { cleanEnvironment } from './environment.ts';
import type { Repository } from './repository.ts';

export interface CraftedEntry {
  mode: '100644' | '100755' | '120000' | '160000' | '40000';
  name: string;
  id: string;
}

/** Objects that no git command would write: whatever bytes, names and modes. Each method returns the object's id. */
export interface Crafted {
  blob(content: string | Uint8Array): string;
  /** In the order that is given: git wants it sorted, as bytes. */
  tree(entries: readonly CraftedEntry[]): string;
  /** No branch leads to it. */
  commit(tree: string): Promise<string>;
}

export function craft(repository: Repository): Crafted {
  const blobs = new Map<string | Uint8Array, string>();
  const write = (type: string, input: string | Uint8Array) =>
    execFileSync('git', ['hash-object', '-w', '--literally', '-t', type, '--stdin'], {
      cwd: repository.folder,
      env: cleanEnvironment(),
      input,
    })
      .toString()
      .trim();
  return {
    blob: (content) => {
      const id = blobs.get(content) ?? write('blob', content);
      blobs.set(content, id);
      return id;
    },
    tree: (entries) => write('tree', Buffer.concat(entries.map(treeEntry))),
    commit: (tree) => repository.git('commit-tree', '-m', 'Crafted', tree),
  };
}

function treeEntry({ mode, name, id }: CraftedEntry): Buffer {
  return Buffer.concat([Buffer.from(`${mode} ${name}\0`), Buffer.from(id, 'hex')]);
}
