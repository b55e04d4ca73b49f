import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureBinaries } from '../../build/builder.ts';
import { createReporter } from '../../cli/reporter.ts';
import { freePort } from '../../kind/ports.ts';
import { registryAnswers } from '../answers.ts';
import { type Running, start } from './process.ts';

export interface TestRegistry extends Running {
  url: string;
  /** Host and port, as image names have them. */
  host: string;
}

/** A real registry on a free port of loopback, with its content in `folder`. */
export async function startRegistry(folder: string): Promise<TestRegistry> {
  const { registry = '' } = await ensureBinaries(['registry'], createReporter());
  const host = `127.0.0.1:${await freePort()}`;
  const url = `http://${host}`;
  const file = join(folder, 'registry.yml');
  const storage = `storage: {filesystem: {rootdirectory: ${join(folder, 'registry')}}}`;
  await writeFile(file, `version: 0.1\n${storage}\nhttp: {addr: "${host}"}\n`);
  const running = await start(registry, ['serve', file], async () => (await registryAnswers({ url })).answers);
  return { ...running, url, host };
}
