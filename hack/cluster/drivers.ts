import { bareDriver, hasBareCluster } from './bare/driver.ts';
import { type Choice, choose, type DriverKind } from './choose.ts';
import { contextDriver, readContext } from './context/driver.ts';
import type { ClusterPaths, ClusterRequest, Driver } from './driver.ts';
import { kindDriver } from './kind/kind.ts';
import { readRecord } from './kind/record.ts';

const drivers: Readonly<Record<DriverKind, Driver>> = {
  context: contextDriver,
  kind: kindDriver,
  bare: bareDriver,
};

/** How the cluster of this name was made; undefined when there is none. */
export async function recordedDriver(paths: ClusterPaths): Promise<Driver | undefined> {
  const kind = await recordedKind(paths);
  return kind === undefined ? undefined : drivers[kind];
}

/** The driver to bring a cluster up with, and why. */
export async function chooseDriver(request: ClusterRequest, paths: ClusterPaths): Promise<[Driver, Choice]> {
  const choice = await choose(request, {
    recorded: await recordedKind(paths),
    root: process.getuid?.() === 0,
    kind: () => kindDriver.probe(),
    bare: () => bareDriver.probe(),
  });
  return [drivers[choice.kind], choice];
}

async function recordedKind(paths: ClusterPaths): Promise<DriverKind | undefined> {
  if (await hasBareCluster(paths)) return 'bare';
  if ((await readRecord(paths)) !== undefined) return 'kind';
  return (await readContext(paths)) === undefined ? undefined : 'context';
}
