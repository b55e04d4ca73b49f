import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const target = 'charts/vish/files';

/** Copies, not links: Argo CD refuses a repository whose links leave the chart, and not every archive keeps them. */
export async function chartCopies(
  root: string,
  generated: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<string, string>> {
  const crds = [...generated].filter(([path]) => path.startsWith('config/crd/'));
  const rights = await Promise.all(
    (await readdir(join(root, 'config/rbac'))).map(async (name) => {
      const path = `config/rbac/${name}`;
      return [path, await readFile(join(root, path), 'utf8')] as const;
    }),
  );
  return new Map([...crds, ...rights].map(([path, content]) => [copyOf(path), content]));
}

function copyOf(path: string): string {
  return path.replace(/^config\/crd\//, `${target}/crds/`).replace(/^config\//, `${target}/`);
}
