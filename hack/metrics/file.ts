import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { page } from '../../src/crds/generate/files.ts';
import { metricsPage } from './page.ts';
import { knownMetrics } from './registry.ts';

const path = 'docs/reference/metrics.md';

/** Some of the process' metrics exist on Linux only, where the operator runs: elsewhere the page stays as it is. */
export async function metricsFile(root: string): Promise<readonly [string, string]> {
  if (process.platform !== 'linux') return [path, await readFile(join(root, path), 'utf8')];
  return [path, page(metricsPage(await knownMetrics()), 'the metrics of the operator')];
}
