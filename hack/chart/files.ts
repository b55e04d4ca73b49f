import { readdir, readFile } from 'node:fs/promises';
import { chartFolder } from './render.ts';

/** Where the chart holds what it takes from config. */
export const chartFilesFolder = `${chartFolder}/files`;

/** Folder of the chart to the folder that it is a copy of. */
const copied = {
  crds: 'config/crd',
  rbac: 'config/rbac',
  monitoring: 'config/monitoring',
  network: 'config/network',
} as const;

/**
 * What config holds, again in the chart: Helm reads no file outside of its chart, Argo CD refuses links that lead out of it, and not every
 * archive keeps them.
 */
export async function chartFiles(): Promise<ReadonlyMap<string, string>> {
  const files = await Promise.all(Object.entries(copied).map(([name, from]) => copiesOf(name, from)));
  return new Map(files.flat());
}

async function copiesOf(name: string, from: string): Promise<[string, string][]> {
  const files = (await readdir(from)).sort();
  return Promise.all(
    files.map(async (file) => [`${chartFilesFolder}/${name}/${file}`, await readFile(`${from}/${file}`, 'utf8')]),
  );
}
