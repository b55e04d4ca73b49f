import type { Reporter } from '../../driver.ts';
import { presentSets, removeAllSets } from '../../network-policy/kernel.ts';
import type { Cluster } from '../cluster.ts';
import { remainingCgroups, removeCgroup } from '../machine/cgroups.ts';
import { families, nodeChains, removeEmptyTables, removeRules, savedRules } from '../machine/iptables.ts';
import { currentMounts, unmountBelow } from '../machine/mounts.ts';
import { bridge, linkExists, removeBridge } from '../machine/network.ts';
import { type NodeRecord, readRecord, releaseMachine, runFolder } from '../machine/ownership.ts';
import { removePaths, restoreSettings } from '../machine/settings.ts';
import { processesOf, stopComponents } from '../supervisor.ts';
import { podCgroup } from './kubelet.ts';
import { lateComponents, nodeComponents } from './parts.ts';

/** kubelet goes first, so that it does not start again what is being stopped; the API server stays until last. */
function stopOrder(): typeof nodeComponents {
  const all = [...nodeComponents, ...lateComponents];
  const first = new Set(['kubelet', 'kube-proxy', 'network-policy']);
  return [...all.filter(({ name }) => !first.has(name)), ...all.filter(({ name }) => first.has(name))];
}

/** Stops the cluster, takes everything it made off the machine, and looks whether anything is left. */
export async function downNode(cluster: Cluster, report: Reporter): Promise<void> {
  const record = await readRecord();
  const ours = record?.owner === cluster.paths.state;
  await stopComponents(cluster, stopOrder());
  if (ours) await cleanMachine(cluster, record);
  const left = await leftovers(cluster);
  if (left.length > 0) throw new Error(`down left behind: ${left.join('; ')}`);
  if (ours) await releaseMachine();
  report.say(
    'down: checked that no process, mount, interface, network namespace, iptables rule, ipset or cgroup is left',
  );
}

async function cleanMachine(cluster: Cluster, record: NodeRecord): Promise<void> {
  await removeCgroup(podCgroup(cluster));
  await unmountBelow(foldersOf(cluster));
  await removeBridge();
  await removeRules();
  await removeAllSets();
  await removeEmptyTables(record.before.nftTables);
  await restoreSettings(record.before.settings);
  await removePaths(record.before.absentPaths);
}

function foldersOf(cluster: Cluster): string[] {
  return [cluster.paths.state, runFolder, '/var/lib/kubelet'];
}

/** What the cluster made and what is still there, in words. */
async function leftovers(cluster: Cluster): Promise<string[]> {
  const processes = (await processesOf(cluster)).map(({ pid }) => `process ${pid}`);
  const mounts = (await currentMounts(foldersOf(cluster))).map((path) => `mount ${path}`);
  const link = (await linkExists(bridge)) ? [`interface ${bridge}`] : [];
  const saved = await Promise.all(families.map((family) => savedRules(family)));
  const chains = saved.flatMap(nodeChains).map((chain) => `iptables chain ${chain}`);
  const cgroups = (await remainingCgroups(podCgroup(cluster))).map((path) => `cgroup ${path}`);
  const sets = (await presentSets()).map((name) => `ipset ${name}`);
  return [...processes, ...mounts, ...link, ...chains, ...sets, ...cgroups];
}
