import { access, readFile, rm, rmdir, writeFile } from 'node:fs/promises';

/** Kernel settings that a node changes, with the value we set ourselves where we do. */
const settings: Readonly<Record<string, string | undefined>> = {
  'net/ipv4/ip_forward': '1',
  // Traffic between two pods passes the bridge: without this a reply from a Service would carry the pod's address.
  'net/bridge/bridge-nf-call-iptables': '1',
  // And without this, two pods would meet by their link-local addresses past every NetworkPolicy.
  'net/bridge/bridge-nf-call-ip6tables': '1',
  // kube-proxy sets this for NodePorts on 127.0.0.1.
  'net/ipv4/conf/all/route_localnet': undefined,
  // kubelet sets these.
  'vm/overcommit_memory': undefined,
  'kernel/panic': undefined,
  'kernel/panic_on_oops': undefined,
  'kernel/keys/root_maxkeys': undefined,
  'kernel/keys/root_maxbytes': undefined,
};

/** Places outside the cluster's folder that its parts write to, because the path is fixed in them. */
const fixedPaths = [
  '/var/lib/kubelet',
  '/var/lib/cni',
  '/var/log/containers',
  '/var/run/kubernetes',
  '/usr/libexec/kubernetes',
  '/run/containerd',
  '/run/netns',
  '/opt/containerd',
  '/opt/cni',
  '/etc/cni',
] as const;

export type KernelSettings = Readonly<Record<string, string>>;

/** The settings as they are now. */
export async function readSettings(): Promise<KernelSettings> {
  const read = async (name: string) =>
    [name, await readFile(`/proc/sys/${name}`, 'utf8').catch(() => undefined)] as const;
  const found = await Promise.all(Object.keys(settings).map(read));
  return Object.fromEntries(found.flatMap(([name, value]) => (value === undefined ? [] : [[name, value.trim()]])));
}

/** Sets what a node needs before it starts. */
export async function applySettings(): Promise<void> {
  const wanted = Object.entries(settings).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
  await restoreSettings(Object.fromEntries(wanted) as KernelSettings);
}

/** Writes settings back; one that this kernel lacks is skipped. */
export async function restoreSettings(values: KernelSettings): Promise<void> {
  for (const [name, value] of Object.entries(values)) {
    const current = await readFile(`/proc/sys/${name}`, 'utf8').catch(() => undefined);
    if (current !== undefined && current.trim() !== value) await writeFile(`/proc/sys/${name}`, value);
  }
}

/** Which of the fixed places do not exist yet, and so are ours to remove later. */
export async function absentPaths(): Promise<string[]> {
  const present = await Promise.all(
    fixedPaths.map((path) =>
      access(path).then(
        () => true,
        () => false,
      ),
    ),
  );
  return fixedPaths.filter((_, at) => !present[at]);
}

/** Removes places that were absent before. Shared ones go only when empty: another tool may have begun to use them. */
export async function removePaths(absentBefore: readonly string[]): Promise<void> {
  for (const path of absentBefore) {
    if (path === '/run/netns') await rmdir(path).catch(() => undefined);
    else await rm(path, { recursive: true, force: true });
  }
}
