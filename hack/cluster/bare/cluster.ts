import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { cacheRoot } from '../build/builder.ts';
import type { ClusterPaths, ClusterRequest } from '../driver.ts';
import { claimPorts, isPortFree, type Ports, portNames, preferUsualPorts } from './ports.ts';

const stateSchema = z.object({
  name: z.string(),
  mode: z.enum(['api-only', 'full']),
  hollowNodes: z.int().min(0),
  ports: z.record(z.enum(portNames), z.int().min(1).max(65_535)),
  network: z.object({
    /** Address of the node and of everything that pods must reach: on the cluster's own bridge. */
    nodeAddress: z.ipv4(),
    podRange: z.cidrv4(),
    serviceRange: z.cidrv4(),
  }),
});

/** What is decided when a cluster is made and never changes after, so that its kubeconfig stays valid. */
export type ClusterState = z.infer<typeof stateSchema>;
export type Network = ClusterState['network'];

/** A cluster's decisions and the places where its parts keep things. */
export interface Cluster extends ClusterState {
  readonly ports: Ports;
  readonly paths: ClusterPaths;
  readonly pki: string;
  readonly logs: string;
  readonly config: string;
  /** Address that the API server listens on. */
  readonly apiAddress: string;
  /** Identifies this cluster's processes; see `findMarked`. */
  readonly mark: string;
}

export const nodeName = 'vish-node';
export const loopback = '127.0.0.1';
const stateFile = 'cluster.json';

/** Where clusters of this user note which ports they hold. */
export function claimsFolder(): string {
  return join(cacheRoot(), 'ports');
}

/** The state that an earlier `up` left; undefined when there is no such cluster. */
export async function readCluster(paths: ClusterPaths): Promise<Cluster | undefined> {
  const file = join(paths.state, stateFile);
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const parsed = stateSchema.safeParse(JSON.parse(text));
  if (parsed.success) return assemble(parsed.data, paths);
  throw new Error(`${file} is not readable by this version (${z.prettifyError(parsed.error)}): run \`cluster reset\``);
}

/** The cluster whose decisions were kept elsewhere than in its folder. */
export function restoreCluster(kept: unknown, paths: ClusterPaths): Cluster {
  return assemble(stateSchema.parse(kept), paths);
}

/** Decides on ports and addresses and writes them down before anything uses them. */
export async function createCluster(request: ClusterRequest, paths: ClusterPaths, network: Network): Promise<Cluster> {
  await mkdir(paths.state, { recursive: true, mode: 0o700 });
  const block = await claimPorts(paths.state, claimsFolder());
  const mode = request.apiOnly ? 'api-only' : 'full';
  const ports = request.apiOnly ? block : await preferUsualPorts(block);
  const state: ClusterState = { name: request.name, mode, hollowNodes: request.hollowNodes, ports, network };
  await writeState(state, paths);
  return assemble(state, paths);
}

/** A cluster that was made before 53 was the usual port of its DNS takes it now, when it is free: policies name it. */
export async function withUsualDns(cluster: Cluster, isFree = isPortFree): Promise<Cluster> {
  const dns = 53;
  if (cluster.ports.dns === dns || !(await isFree(dns))) return cluster;
  const ports = { ...cluster.ports, dns };
  const { name, mode, hollowNodes, network } = cluster;
  await writeState({ name, mode, hollowNodes, ports, network }, cluster.paths);
  return { ...cluster, ports };
}

/** Changes how many hollow nodes an api-only cluster has. */
export async function withHollowNodes(cluster: Cluster, hollowNodes: number): Promise<Cluster> {
  const { name, mode, ports, network } = cluster;
  await writeState({ name, mode, hollowNodes, ports, network }, cluster.paths);
  return { ...cluster, hollowNodes };
}

async function writeState(state: ClusterState, paths: ClusterPaths): Promise<void> {
  const file = join(paths.state, stateFile);
  await writeFile(`${file}.new`, `${JSON.stringify(state, null, 2)}\n`);
  await rename(`${file}.new`, file);
}

function assemble(state: ClusterState, paths: ClusterPaths): Cluster {
  return {
    ...state,
    paths,
    pki: join(paths.state, 'pki'),
    logs: join(paths.state, 'logs'),
    config: join(paths.state, 'config'),
    apiAddress: state.mode === 'full' ? state.network.nodeAddress : loopback,
    mark: paths.state,
  };
}
