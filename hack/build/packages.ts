import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** What a scanner needs to know of a package. */
interface Package {
  readonly name: string;
  readonly version: string;
  readonly license?: unknown;
}

/**
 * Writes beside a bundle which packages went into it, where scanners look for those that are installed: in the bundle
 * itself nobody would find them, and a list of contents that is silent about them is worse than none.
 */
export async function listPackages(inputs: readonly string[], folder: string): Promise<void> {
  const places = new Set(inputs.flatMap((input) => packageOf(input) ?? []));
  for (const place of places) {
    const { name, version, license } = JSON.parse(await readFile(join(place, 'package.json'), 'utf8')) as Package;
    const file = join(folder, place.slice(place.indexOf('node_modules/')), 'package.json');
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, `${JSON.stringify({ name, version, license })}\n`);
  }
}

/** The folder of the package that a source file belongs to; undefined for our own. */
export function packageOf(input: string): string | undefined {
  return /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0];
}
