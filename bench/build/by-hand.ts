import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startBuildkitd } from '../../hack/cluster/build/buildkitd.ts';
import { createReporter } from '../../hack/cluster/cli/reporter.ts';
import { defaultName, pathsOf } from '../../hack/cluster/paths.ts';
import { run } from '../../hack/lib/run.ts';
import type { Clock } from '../../src/seams/clock.ts';

/** Somebody at the keyboard: the folder is there already, and a daemon that runs on the same machine. */
export interface ByHand extends AsyncDisposable {
  /** Seconds of `buildctl build` with a push, of a folder with a Dockerfile. */
  build(folder: string): Promise<number>;
}

/** As the operator has it recorded. */
const provenance = '--opt=attest:provenance=mode=min,version=v1';
const deadlineMs = 10 * 60_000;

/** With the mirrors of the local cluster, and nothing in its cache. */
export async function startByHand(registry: string, clock: Clock): Promise<ByHand> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-buildkit-'));
  const registries = await readFile(join(pathsOf(defaultName).state, 'config', 'buildkitd.toml'), 'utf8');
  const buildkit = await startBuildkitd({ folder, registries, report: createReporter() });
  const flags = ['--addr', buildkit.address, 'build', '--progress=plain', '--frontend=dockerfile.v0', provenance];
  const output = `type=image,name=${registry}/by-hand:latest,push=true,registry.insecure=true`;
  return {
    async build(source) {
      const began = clock.monotonic();
      const local = [`--local=context=${source}`, `--local=dockerfile=${source}`];
      await run(buildkit.buildctl, [...flags, ...local, '--output', output], { timeoutMs: deadlineMs });
      return (clock.monotonic() - began) / 1000;
    },
    async [Symbol.asyncDispose]() {
      await buildkit[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
