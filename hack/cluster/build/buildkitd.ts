import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../../lib/run.ts';
import type { Reporter } from '../driver.ts';
import { type Running, start } from '../lib/process.ts';
import { ensureBinaries } from './builder.ts';

export interface BuildkitOptions {
  /** Holds its socket, its configuration and what it keeps of earlier builds. */
  readonly folder: string;
  /** Lines of buildkitd.toml about registries. */
  readonly registries: string;
  readonly report: Reporter;
}

export interface Buildkit extends Running {
  readonly buildctl: string;
  readonly address: string;
}

/** A buildkitd of our own, for as long as it is needed. Needs root. */
export async function startBuildkitd({ folder, registries, report }: BuildkitOptions): Promise<Buildkit> {
  const { buildkitd = '', buildctl = '', runc = '' } = await ensureBinaries(['buildkit', 'runc'], report);
  const address = `unix://${folder}/buildkitd.sock`;
  const cgroup = `vish-images-${process.pid}`;
  const config = join(folder, 'buildkitd.toml');
  await mkdir(folder, { recursive: true });
  await writeFile(config, `${settings({ folder, address, cgroup, runc })}${registries}`);
  const ready = async () =>
    (await run(buildctl, ['--addr', address, 'debug', 'workers'], { allowFailure: true })).code === 0;
  const running = await start(buildkitd, ['--config', config], ready);
  return {
    buildctl,
    address,
    output: () => running.output(),
    [Symbol.asyncDispose]: async () => {
      await running[Symbol.asyncDispose]();
      await removeCgroups(cgroup);
    },
  };
}

interface Settings {
  folder: string;
  address: string;
  cgroup: string;
  runc: string;
}

function settings({ folder, address, cgroup, runc }: Settings): string {
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
