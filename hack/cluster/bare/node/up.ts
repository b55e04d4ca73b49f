import { sleep } from '../../../../src/seams/clock.ts';
import { systemClock } from '../../../../src/seams/system.ts';
import { areBuilt, type Binaries, ensureBinaries } from '../../build/builder.ts';
import { seconds } from '../../build/progress.ts';
import { lateTools, nodeTools } from '../../build/tools.ts';
import type { DriverContext, Reporter } from '../../driver.ts';
import { ensureBaseImages } from '../../images/ensure.ts';
import { prepareControlPlane } from '../api-only.ts';
import { type Cluster, createCluster, readCluster, withUsualDns } from '../cluster.ts';
import { ensureCgroup } from '../machine/cgroups.ts';
import { chooseNetwork, currentRoutes, ensureNetwork } from '../machine/network.ts';
import { expectFreeMachine, takeMachine } from '../machine/ownership.ts';
import { ensurePackages } from '../machine/packages.ts';
import { applySettings } from '../machine/settings.ts';
import { ensureRunning } from '../supervisor.ts';
import { writeNodeConfig } from './config.ts';
import { podCgroup } from './kubelet.ts';
import { registryAddress } from './mirrors.ts';
import { lateComponents, lateOutcomes, nodeComponents, nodeOutcomes, type Outcome } from './parts.ts';

const outcomeDeadlineMs = 90_000;

/**
 * Brings up the whole cluster, or repairs it. The node is started as soon as its own parts are built; the gateway and
 * what else takes long to build follow.
 */
export async function upNode({ request, paths, report }: DriverContext): Promise<Cluster> {
  if (process.getuid?.() !== 0) throw new Error(notRoot);
  await ensurePackages(report);
  await expectFreeMachine(paths.state);
  const found = await readCluster(paths);
  const cluster = found
    ? await withUsualDns(found)
    : await createCluster(request, paths, chooseNetwork(await currentRoutes()));
  await takeMachine(paths.state, cluster);
  const warm = await areBuilt(lateTools);
  const first = await ensureBinaries(warm ? [...nodeTools, ...lateTools] : nodeTools, report);
  await prepareMachine(cluster, first);
  await ensureRunning(cluster, warm ? [...nodeComponents, ...lateComponents] : nodeComponents, first);
  await expectAll(cluster, nodeOutcomes, report);
  const late = warm ? first : { ...first, ...(await ensureBinaries(lateTools, report)) };
  await prepareControlPlane(cluster, late);
  await ensureRunning(cluster, [...nodeComponents, ...lateComponents], late);
  await expectAll(cluster, lateOutcomes, report);
  await ensureBaseImages({ registry: { url: `http://${registryAddress(cluster)}` }, report });
  return cluster;
}

const notRoot =
  'a full cluster runs containers on this machine and needs root. Choices: run this as root; install Docker and kind; ' +
  'name a cluster of your own with --context NAME; or use --api-only, which needs no rights';

async function prepareMachine(cluster: Cluster, binaries: Binaries): Promise<void> {
  await prepareControlPlane(cluster, binaries);
  await writeNodeConfig(cluster, binaries);
  await applySettings();
  await ensureCgroup(podCgroup(cluster));
  await ensureNetwork(cluster.network, cluster.ports);
}

/** Waits for what the components do together, and says after how long it was there. */
async function expectAll(cluster: Cluster, outcomes: readonly Outcome[], report: Reporter): Promise<void> {
  const began = systemClock.monotonic();
  await Promise.all(outcomes.map((outcome) => expectOne(cluster, outcome)));
  const names = outcomes.map(({ name, detail }) => `${name}: ${detail}`).join('; ');
  report.say(`${names} (waited ${seconds(systemClock.monotonic() - began)})`);
}

async function expectOne(cluster: Cluster, { name, check }: Outcome): Promise<void> {
  const deadline = systemClock.monotonic() + outcomeDeadlineMs;
  for (;;) {
    try {
      await check(cluster);
      return;
    } catch (error) {
      if (systemClock.monotonic() > deadline) {
        const reason = error instanceof Error ? error.message : String(error);
        throw new Error(`${name} did not come up in ${outcomeDeadlineMs / 1000} s: ${reason}`, { cause: error });
      }
      await sleep(systemClock, 100);
    }
  }
}
