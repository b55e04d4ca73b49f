import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../../src/seams/clock.ts';
import { cacheRoot } from '../build/builder.ts';

/** Where made images are kept, shared by all checkouts of this user. */
export function defaultStore(): string {
  return join(cacheRoot(), 'images');
}

const workPrefix = 'work-';
const leftBehindMs = 24 * 3600 * 1000;

/** Made images, one folder each, named by recipe and inputs. A folder that is there is complete. */
export class Store<Kept> {
  private readonly folder: string;
  private readonly read: (layout: string) => Promise<Kept>;

  /** `read` rejects where a layout's documents are damaged. */
  constructor(folder: string, read: (layout: string) => Promise<Kept>) {
    this.folder = folder;
    this.read = read;
  }

  /** The image of that key; undefined when it was not made yet, or its documents are damaged. */
  async find(key: string): Promise<Kept | undefined> {
    return this.read(join(this.folder, key)).catch(() => undefined);
  }

  async remove(key: string): Promise<void> {
    await rm(join(this.folder, key), { recursive: true, force: true });
  }

  /** Held while the image of that key is made. */
  lockFile(key: string): string {
    return join(this.folder, `${key}.lock`);
  }

  /** A folder for making things, on the same file system so that the result can be moved in one step. */
  async workFolder(): Promise<string> {
    await mkdir(this.folder, { recursive: true });
    return mkdtemp(join(this.folder, workPrefix));
  }

  /** Moves a finished layout to its place. Of two makers at once the first one wins; both are content with it. */
  async keep(key: string, layout: string): Promise<Kept> {
    const place = join(this.folder, key);
    await rename(layout, place).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
      await rm(layout, { recursive: true, force: true });
    });
    return this.read(place);
  }

  /** Removes all but the images that were made last, among those whose keys begin like this. */
  async keepNewest(prefix: string, count: number): Promise<void> {
    const names = (await readdir(this.folder)).filter((name) => name.startsWith(prefix) && !name.endsWith('.lock'));
    const aged = await Promise.all(
      names.map(async (name) => ({
        name,
        age: (await stat(join(this.folder, name)).catch(() => undefined))?.mtimeMs ?? 0,
      })),
    );
    const old = aged.toSorted((a, b) => b.age - a.age).slice(count);
    for (const { name } of old) await this.remove(name);
  }

  /** Removes what makers that were killed left behind a day ago or longer. */
  async sweep(clock: Clock): Promise<void> {
    for (const name of await readdir(this.folder).catch(() => [])) {
      if (!name.startsWith(workPrefix)) continue;
      const path = join(this.folder, name);
      const info = await stat(path).catch(() => undefined);
      if (info && clock.now() - info.mtimeMs > leftBehindMs) await rm(path, { recursive: true, force: true });
    }
  }
}
