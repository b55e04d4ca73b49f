import { mkdtemp, realpath, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../../lib/run.ts';
import { layoutOfDockerArchive } from './docker-archive.ts';
import { readIndex } from './layout.ts';
import { push } from './push.ts';
import { Registry, type RegistryOptions } from './registry.ts';
import { fullNameAnnotation, referenceAnnotation } from './types.ts';

export interface ArchiveOptions extends RegistryOptions {
  /** Name to push as, e.g. `app:v1`. Default: the names that the archive itself carries; without any, pushing fails. */
  reference?: string;
}

export interface Pushed {
  reference: string;
  digest: string;
}

/** Pushes what `docker save` or an OCI builder wrote into a tar file. */
export async function pushArchive(file: string, options: ArchiveOptions): Promise<Pushed[]> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'vish-load-')));
  try {
    await run('tar', ['-xf', file, '-C', folder, '--no-same-owner'], { timeoutMs: 600_000 });
    return await pushFolder(folder, file, options);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function pushFolder(folder: string, file: string, options: ArchiveOptions): Promise<Pushed[]> {
  const layout = (await isFile(join(folder, 'index.json'))) ? folder : await layoutOfDockerArchive(folder, file);
  const registry = new Registry(options);
  const pushed: Pushed[] = [];
  for (const descriptor of await readIndex(layout)) {
    const { annotations } = descriptor;
    const reference = options.reference ?? annotations?.[fullNameAnnotation] ?? annotations?.[referenceAnnotation];
    if (!reference) throw new Error(`${file} does not name its image; say which name to push it as, e.g. "app:v1"`);
    await push({ registry, layout, descriptor, reference });
    pushed.push({ reference, digest: descriptor.digest });
  }
  return pushed;
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() ?? false;
}
