import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makerOf } from '../cluster/choose.ts';
import type { Reporter } from '../cluster/driver.ts';
import { defaultName, pathsOf } from '../cluster/paths.ts';
import { type Builder, buildkitBuilder, dockerBuilder } from './builder.ts';

export interface BuilderChoice {
  readonly report: Reporter;
  /** `buildkit` or `docker`. Default: as the local cluster was made. */
  readonly builder?: string | undefined;
  /** A buildkitd.toml with the mirrors to ask. Default: that of the local cluster, if there is one. */
  readonly registries?: string | undefined;
}

export async function chooseBuilder({ report, builder, registries }: BuilderChoice): Promise<Builder> {
  const paths = pathsOf(defaultName);
  const wanted = builder ?? ((await makerOf(paths)) === 'kind' ? 'docker' : 'buildkit');
  if (wanted === 'docker') return dockerBuilder;
  if (wanted !== 'buildkit') throw new Error(`--builder ${wanted}: use buildkit or docker`);
  const file = registries ?? join(paths.state, 'config', 'buildkitd.toml');
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (registries === undefined && error.code === 'ENOENT') return '';
    throw error;
  });
  return buildkitBuilder(text, report);
}
