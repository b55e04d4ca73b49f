/** A file, folder, link or submodule of a commit. */
export interface TreeEntry {
  /** As git writes it: 100644, 100755, 120000 (link), 160000 (submodule), 040000 (folder). */
  readonly mode: string;
  /** One character a byte, because a path of a repository may be no UTF-8. */
  readonly path: string;
  readonly bytes: number;
}

/** Longer than any path that is allowed, with what stands before it. */
const longestRecord = 64 * 1024;
const record = /^(\d{6}) [a-z]+ [0-9a-f]+ +(-|\d+)\t(.+)$/s;

/** Reads `git ls-tree -r -t -z -l` as it comes. Throws for what git would not write. */
export class TreeReader {
  private rest = '';

  add(chunk: Buffer): TreeEntry[] {
    const records = (this.rest + chunk.toString('latin1')).split('\0');
    this.rest = records.pop() ?? '';
    if (this.rest.length > longestRecord) throw new Error('git listed a path that never ends');
    return records.map(entryOf);
  }
}

function entryOf(text: string): TreeEntry {
  const [, mode = '', size = '', path] = record.exec(text) ?? [];
  if (path === undefined) throw new Error('git listed what is no entry of a tree');
  return { mode, path, bytes: size === '-' ? 0 : Number(size) };
}
