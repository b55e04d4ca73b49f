import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../../../lib/run.ts';
import { startBuildkitd } from '../../build/buildkitd.ts';
import { createReporter } from '../../cli/reporter.ts';
import type { Running } from '../../lib/process.ts';

export interface TestBuildkit extends Running {
  /** Builds a Dockerfile without a context and gives what its steps printed. */
  build(dockerfile: string): Promise<string>;
}

/** A real buildkitd that asks the local registry for what is on Docker Hub. Needs root. */
export async function startBuildkit(folder: string, registryHost: string): Promise<TestBuildkit> {
  const registries = `[registry."docker.io"]\nmirrors = ["${registryHost}"]\n[registry."${registryHost}"]\nhttp = true\n`;
  const { address, buildctl, ...running } = await startBuildkitd({ folder, registries, report: createReporter() });
  return {
    ...running,
    build: async (dockerfile) => {
      const context = join(folder, 'context');
      await mkdir(context, { recursive: true });
      await writeFile(join(context, 'Dockerfile'), dockerfile);
      const local = ['--local', `context=${context}`, '--local', `dockerfile=${context}`];
      const args = ['--addr', address, 'build', '--progress=plain', '--no-cache', '--frontend=dockerfile.v0', ...local];
      return (await run(buildctl, args, { timeoutMs: 280_000 })).stderr;
    },
  };
}
