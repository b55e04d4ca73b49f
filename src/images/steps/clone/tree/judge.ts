import type { SourceLimits } from '../../plans.ts';
import type { TreeEntry } from './entries.ts';

const longestPath = 1024;
const longestName = 255;
/** What a link may hold in Linux; git stores any blob as one. */
const longestTarget = 4096;
const megabyte = 1024 * 1024;
const linkMode = '120000';
const submoduleMode = '160000';

/** Judges a commit by its listing, before a byte of it is written to a file: a small pack can be a large tree. */
export class TreeJudge {
  /** Paths of links, to be looked at once they are there. */
  readonly links: string[] = [];
  submodules = 0;
  private entries = 0;
  private bytes = 0;
  private readonly limits: SourceLimits;

  constructor(limits: SourceLimits) {
    this.limits = limits;
  }

  /** Why the commit is refused: what it breaks and what to do. Undefined while it may go on. */
  add(entry: TreeEntry): string | undefined {
    this.entries += 1;
    this.bytes += entry.bytes;
    if (entry.mode === linkMode) this.links.push(entry.path);
    if (entry.mode === submoduleMode) this.submodules += 1;
    return this.tooMuch(entry) ?? tooLong(entry);
  }

  private tooMuch({ path, bytes }: TreeEntry): string | undefined {
    const { files, megabytes, fileMegabytes } = this.limits;
    // Folders count too: a tree of empty folders can be as large.
    if (this.entries > files) return `the commit has more than ${files} files and folders; ${smaller('files')}`;
    if (bytes > fileMegabytes * megabyte) {
      return `"${shown(path)}" is larger than ${fileMegabytes} MB; ${smaller('fileMegabytes')}`;
    }
    if (this.bytes > megabytes * megabyte) {
      return `the files of the commit take more than ${megabytes} MB; ${smaller('megabytes')}`;
    }
    return undefined;
  }
}

function tooLong({ mode, path, bytes }: TreeEntry): string | undefined {
  if (path.length > longestPath) return `the path "${shown(path)}" is longer than ${longestPath} bytes; shorten it`;
  if (path.split('/').some((name) => name.length > longestName)) {
    return `a name in "${shown(path)}" is longer than ${longestName} bytes; shorten it`;
  }
  if (mode === linkMode && bytes > longestTarget) {
    return `the link "${shown(path)}" is longer than ${longestTarget} bytes; make it a link to a path`;
  }
  return undefined;
}

function smaller(setting: string): string {
  return `make it smaller, or have the administrator raise builds.source.${setting}`;
}

export function shown(path: string): string {
  const text = Buffer.from(path, 'latin1').toString('utf8');
  return text.length <= 120 ? text : `${text.slice(0, 119)}…`;
}
