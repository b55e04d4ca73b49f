import { chmod, readdir, readFile, rm } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { bundle } from '../build/bundle.ts';
import { parseReference } from '../cluster/images/oci/reference.ts';
import type { Registry } from '../cluster/images/oci/registry.ts';
import { run } from '../lib/run.ts';
import type { OurImage } from './images.ts';

/** The same folder and file names as the stage `bundle` of the Dockerfile has. */
export async function makeBundle({ program }: OurImage, folder: string): Promise<Map<string, Uint8Array>> {
  await rm(folder, { recursive: true, force: true });
  const outfile = join(folder, program.file);
  await bundle({ entry: program.entry, outfile });
  const root = dirname(outfile);
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const paths = entries.map((entry) => ({ path: join(entry.parentPath, entry.name), isFile: entry.isFile() }));
  // Modes go into the image, and whoever builds has a umask of their own.
  for (const { path, isFile } of [...paths, { path: root, isFile: false }]) await chmod(path, isFile ? 0o644 : 0o755);
  const files = paths.filter(({ isFile }) => isFile).map(({ path }) => path);
  return new Map(
    await Promise.all(files.sort().map(async (path) => [relative(root, path), await readFile(path)] as const)),
  );
}

export async function versionOfPackage(): Promise<string> {
  const { version } = JSON.parse(await readFile('package.json', 'utf8')) as { version: string };
  return version;
}

/** Which commit had this content first. Not among the inputs: a commit that changes nothing inside needs no new image. */
export async function commitFacts(): Promise<{ VISH_COMMIT: string; SOURCE_DATE_EPOCH: string }> {
  const { code, stdout } = await run('git', ['log', '-1', '--format=%H %ct'], { allowFailure: true });
  const [commit = 'unknown', time = '0'] = code === 0 ? stdout.trim().split(' ') : [];
  return { VISH_COMMIT: commit, SOURCE_DATE_EPOCH: time };
}

/** The local registry is what base images are asked from first, so a base that changed there is a new input. */
export async function digestsOf(
  bases: readonly string[],
  registry: Registry | undefined,
): Promise<Map<string, string>> {
  const digests = new Map<string, string>();
  for (const base of bases) {
    const { repository, tag } = parseReference(base);
    digests.set(base, (await registry?.digestOfTag(repository, tag)) ?? 'elsewhere');
  }
  return digests;
}
