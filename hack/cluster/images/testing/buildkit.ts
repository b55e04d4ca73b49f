import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../../../lib/run.ts';
import { ensureBinaries } from '../../build/builder.ts';
import { createReporter } from '../../cli/reporter.ts';
import { type Running, start } from './process.ts';

export interface TestBuildkit extends Running {
  /** Builds a Dockerfile without a context and gives what its steps printed. */
  build(dockerfile: string): Promise<string>;
}

/** A real buildkitd that asks the local registry for what is on Docker Hub. Needs root. */
export async function startBuildkit(folder: string, registryHost: string): Promise<TestBuildkit> {
  const { buildkitd = '', buildctl = '', runc = '' } = await ensureBinaries(['buildkit', 'runc'], createReporter());
  const address = `unix://${folder}/buildkitd.sock`;
  const cgroup = `vish-images-test-${process.pid}`;
  const config = join(folder, 'buildkitd.toml');
  await writeFile(config, settings({ folder, address, cgroup, runc, registryHost }));
  const ready = async () =>
    (await run(buildctl, ['--addr', address, 'debug', 'workers'], { allowFailure: true })).code === 0;
  const running = await start(buildkitd, ['--config', config], ready);
  return {
    output: () => running.output(),
    [Symbol.asyncDispose]: async () => {
      await running[Symbol.asyncDispose]();
      await removeCgroups(cgroup);
    },
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

interface Settings {
  folder: string;
  address: string;
  cgroup: string;
  runc: string;
  registryHost: string;
}

function settings({ folder, address, cgroup, runc, registryHost }: Settings): string {
  return `
root = "${folder}/buildkit"
[grpc]
address = ["${address}"]
[worker.oci]
enabled = true
snapshotter = "overlayfs"
binary = "${runc}"
networkMode = "host"
defaultCgroupParent = "${cgroup}"
[worker.containerd]
enabled = false
[registry."docker.io"]
mirrors = ["${registryHost}"]
[registry."${registryHost}"]
http = true
`;
}

/** runc removes the groups of its containers, not their parents: some in each hierarchy of cgroup v1. */
async function removeCgroups(name: string): Promise<void> {
  const root = '/sys/fs/cgroup';
  for (const folder of [root, ...(await readdir(root)).map((entry) => join(root, entry))]) {
    const path = join(folder, name);
    if (!(await stat(path).catch(() => undefined))) continue;
    await run('find', [path, '-depth', '-type', 'd', '-exec', 'rmdir', '{}', ';']);
  }
}
