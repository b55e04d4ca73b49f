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
  /** Another daemon with nothing in its cache. What the one before kept stays until the end. */
  restart(): Promise<void>;
}

/** As the operator has it recorded. */
const provenance = '--opt=attest:provenance=mode=min,version=v1';
const deadlineMs = 10 * 60_000;

/** With the mirrors of the local cluster, and nothing in its cache. */
export async function startByHand(registry: string, clock: Clock): Promise<ByHand> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-buildkit-'));
  const registries = await readFile(join(pathsOf(defaultName).state, 'config', 'buildkitd.toml'), 'utf8');
  const start = async () =>
    startBuildkitd({ folder: await mkdtemp(join(folder, 'daemon-')), registries, report: createReporter() });
  let buildkit = await start();
  const flags = ['build', '--progress=plain', '--frontend=dockerfile.v0', provenance];
  const output = `type=image,name=${registry}/by-hand:latest,push=true,registry.insecure=true`;
  return {
    async build(source) {
      const began = clock.monotonic();
      const local = [`--local=context=${source}`, `--local=dockerfile=${source}`];
      const { address, buildctl } = buildkit;
      await run(buildctl, ['--addr', address, ...flags, ...local, '--output', output], { timeoutMs: deadlineMs });
      return (clock.monotonic() - began) / 1000;
    },
    async restart() {
      await buildkit[Symbol.asyncDispose]();
      buildkit = await start();
    },
    async [Symbol.asyncDispose]() {
      await buildkit[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
