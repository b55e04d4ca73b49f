import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureBinaries } from '../../build/builder.ts';
import { createReporter } from '../../cli/reporter.ts';
import { freePort } from '../../kind/ports.ts';
import { type Running, start } from '../../lib/process.ts';
import { registryAnswers } from '../answers.ts';

export interface TestRegistry extends Running {
  url: string;
  /** Host and port, as image names have them. */
  host: string;
}

export interface TestRegistryOptions {
  /** Lines of `user:bcrypt hash`. Default: everybody may do everything. */
  htpasswd?: string;
  /** Manifests may be deleted. Default: they may not, as registries come. */
  deletes?: boolean;
}

/** A real registry on a free port of loopback, with its content in `folder`. */
export async function startRegistry(
  folder: string,
  { htpasswd, deletes = false }: TestRegistryOptions = {},
): Promise<TestRegistry> {
  const { registry = '' } = await ensureBinaries(['registry'], createReporter());
  const host = `127.0.0.1:${await freePort()}`;
  const url = `http://${host}`;
  const file = join(folder, 'registry.yml');
  const storage = `storage: {filesystem: {rootdirectory: ${join(folder, 'registry')}}, delete: {enabled: ${deletes}}}`;
  const users = join(folder, 'htpasswd');
  if (htpasswd !== undefined) await writeFile(users, `${htpasswd}\n`);
  const auth = htpasswd === undefined ? '' : `auth: {htpasswd: {realm: test, path: ${users}}}\n`;
  await writeFile(file, `version: 0.1\n${storage}\n${auth}http: {addr: "${host}"}\n`);
  const running = await start(registry, ['serve', file], async () => (await registryAnswers({ url })).answers);
  return { ...running, url, host };
}
