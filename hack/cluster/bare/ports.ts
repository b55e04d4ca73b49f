import { createHash } from 'node:crypto';
import { access, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';

/** Every port a cluster may need; api-only clusters leave most of theirs unused. */
export const portNames = [
  'api',
  'etcd',
  'etcdPeer',
  'controllerManager',
  'scheduler',
  'kwok',
  'kubelet',
  'kubeletHealth',
  'proxyHealth',
  'proxyMetrics',
  'registry',
  'dns',
  'dnsHealth',
  'gatewayHttp',
  'gatewayHttps',
  'gatewayAdmin',
] as const;

export type PortName = (typeof portNames)[number];
export type Ports = Readonly<Record<PortName, number>>;

/** Below NodePorts (30000) and below the range that the kernel gives to outgoing connections (32768). */
const lowest = 20_000;
const blockSize = portNames.length;
const blocks = Math.floor((30_000 - lowest) / blockSize);

/** Where the search for a block starts: the same cluster gets the same ports again, two clusters rarely meet. */
function firstBlock(owner: string): number {
  return createHash('sha256').update(owner).digest().readUInt32BE(0) % blocks;
}

/** The ports of the block that starts at `base`. */
export function blockPorts(base: number): Ports {
  const entries = portNames.map((name, at) => [name, base + at] as const);
  return Object.fromEntries(entries) as Record<PortName, number>;
}

/**
 * Takes a block of ports for a cluster and keeps it for as long as the cluster's folder exists. The claim is a file in
 * `claims`, made in one step, so that two clusters started at the same time never share a block, even when neither
 * listens yet.
 */
export async function claimPorts(owner: string, claims: string, isFree = isPortFree): Promise<Ports> {
  await mkdir(claims, { recursive: true });
  const first = firstBlock(owner);
  for (let step = 0; step < blocks; step++) {
    const base = lowest + ((first + step) % blocks) * blockSize;
    const file = join(claims, String(base));
    if (!(await claim(file, owner))) continue;
    const ports = blockPorts(base);
    const free = await Promise.all(Object.values(ports).map((port) => isFree(port)));
    if (free.every(Boolean)) return ports;
    await rm(file, { force: true });
  }
  throw new Error(`no ${blockSize} free ports between ${lowest} and 30000; remove unused claims in ${claims}`);
}

/** Gives a cluster's block back. */
export async function releasePorts(owner: string, claims: string): Promise<void> {
  for (const name of await readdir(claims).catch(() => [])) {
    const file = join(claims, name);
    if ((await readFile(file, 'utf8').catch(() => '')) === owner) await rm(file, { force: true });
  }
}

/** The port of the cluster's own block, where `preferUsualPorts` may have put a usual one. etcd keeps its own. */
export function ownPort(ports: Ports, name: PortName): number {
  return ports.etcd - portNames.indexOf('etcd') + portNames.indexOf(name);
}

/** Ports that people and manifests expect of a full cluster; each is used only while nobody else has it. */
const usualPorts: Partial<Ports> = {
  api: 6443,
  registry: 5000,
  dns: 53,
  kubelet: 10_250,
  gatewayHttp: 80,
  gatewayHttps: 443,
};

/** Takes the usual ports where they are free, and those of the cluster's block elsewhere. */
export async function preferUsualPorts(ports: Ports, isFree = isPortFree): Promise<Ports> {
  const wanted = Object.entries(usualPorts);
  const free = await Promise.all(wanted.map(([, port]) => isFree(port)));
  return { ...ports, ...Object.fromEntries(wanted.filter((_, at) => free[at])) };
}

async function claim(file: string, owner: string): Promise<boolean> {
  const holder = await readFile(file, 'utf8').catch(() => undefined);
  if (holder === owner) return true;
  if (holder !== undefined) {
    if (holder === '' || (await exists(holder))) return false;
    await rm(file, { force: true });
  }
  return writeFile(file, owner, { flag: 'wx' }).then(
    () => true,
    () => false,
  );
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** Whether nobody listens on the port, on any address of this machine. */
export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '0.0.0.0', exclusive: true }, () => server.close(() => resolve(true)));
  });
}
