import { mkdir, rm, symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type Binaries, ensureBinaries } from '../build/builder.ts';
import { apiOnlyTools, hollowTools } from '../build/tools.ts';
import type { DriverContext } from '../driver.ts';
import { type Cluster, createCluster, loopback, type Network, readCluster, withHollowNodes } from './cluster.ts';
import type { Component } from './component.ts';
import { writeControlPlaneConfig } from './config-files.ts';
import { controlPlane, schedulers } from './control-plane.ts';
import { ensureHollowNodes, hollowComponents, removeHollowNodes } from './hollow.ts';
import { writeKubeconfigs } from './kubeconfig.ts';
import { ensurePki } from './pki.ts';
import { ensureRunning, stopComponents } from './supervisor.ts';

/** Nothing leaves the machine in this mode: the ranges only have to be valid. */
const apiOnlyNetwork: Network = {
  nodeAddress: loopback,
  // Wide enough for the most hollow nodes, each full.
  podRange: '10.128.0.0/9',
  serviceRange: '10.96.0.0/16',
};

/** The processes of an api-only cluster. */
export function apiOnlyComponents(cluster: Cluster): readonly Component[] {
  return cluster.hollowNodes > 0 ? [...controlPlane, ...schedulers, ...hollowComponents] : controlPlane;
}

/** Brings up etcd, API server and controller-manager; a second call repairs what is broken. */
export async function upApiOnly({ request, paths, report }: DriverContext): Promise<Cluster> {
  const found = (await readCluster(paths)) ?? (await createCluster(request, paths, apiOnlyNetwork));
  const cluster = await withHollowNodes(found, request.hollowNodes);
  const binaries = await ensureBinaries([...apiOnlyTools, ...(cluster.hollowNodes > 0 ? hollowTools : [])], report);
  await prepareControlPlane(cluster, binaries);
  const hollow = cluster.hollowNodes > 0;
  await ensureRunning(cluster, hollow ? [...controlPlane, ...schedulers] : controlPlane, binaries);
  await (hollow ? ensureHollowNodes(cluster, binaries) : removeHollowNodes(cluster, binaries));
  return cluster;
}

/** Keys, kubeconfigs, configuration files and the folder of commands: what must be there before anything starts. */
export async function prepareControlPlane(cluster: Cluster, binaries: Binaries): Promise<void> {
  await ensurePki({
    folder: cluster.pki,
    addresses: [...new Set([loopback, cluster.apiAddress])],
    serviceAddress: firstAddress(cluster.network.serviceRange),
    nodeName: 'vish-node',
  });
  await writeKubeconfigs(cluster);
  await writeControlPlaneConfig(cluster);
  await linkCommands(cluster, binaries);
}

export async function downApiOnly(cluster: Cluster): Promise<void> {
  await stopComponents(cluster, apiOnlyComponents(cluster));
}

/** Folder with the commands that belong to this cluster's version, for PATH. */
export function commandFolder(cluster: Cluster): string {
  return join(cluster.paths.state, 'bin');
}

const commands = new Set(['kubectl', 'helm', 'buildctl', 'buildkitd', 'ctr']);

/** Links the commands that people and tests use. */
async function linkCommands(cluster: Cluster, binaries: Binaries): Promise<void> {
  const folder = commandFolder(cluster);
  await mkdir(folder, { recursive: true });
  const wanted = Object.values(binaries).filter((file) => commands.has(basename(file)));
  for (const file of wanted) {
    await rm(join(folder, basename(file)), { force: true });
    await symlink(file, join(folder, basename(file)));
  }
}

/** The first usable address of a range whose last byte is 0. */
function firstAddress(range: string): string {
  return range.replace(/\.0\/\d+$/, '.1');
}
