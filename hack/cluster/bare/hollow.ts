import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { type RunOptions, run } from '../../lib/run.ts';
import type { Binaries } from '../build/builder.ts';
import { type Cluster, loopback } from './cluster.ts';
import { type Component, flags } from './component.ts';
import { addressAnnotation, hollowLabel, kwokConfig } from './hollow-stages.ts';
import { kubeconfigOf } from './kubeconfig.ts';
import { probeHttp } from './probes.ts';
import { ensureRunning, markOf, processesOf, stopAll } from './supervisor.ts';

/** Plays the kubelet of every hollow node: renews Leases, gives pods an address and a status, ends them. */
const kwok: Component = {
  name: 'kwok',
  binary: 'kwok',
  needs: ['kube-apiserver'],
  args: (cluster) => flags({ kubeconfig: kubeconfigOf(cluster, 'kwok'), config: configFile(cluster) }),
  // Without this kwok would also read a configuration of the user's own.
  env: (cluster) => ({ KWOK_WORKDIR: cluster.config }),
  check: (cluster) => probeHttp(`http://${loopback}:${cluster.ports.kwok}/healthz`),
};

/** What hollow nodes need besides a control plane and a scheduler. */
export const hollowComponents: readonly Component[] = [kwok];

function configFile(cluster: Cluster): string {
  return join(cluster.config, 'kwok-stages.yaml');
}

/** Makes exactly `cluster.hollowNodes` hollow nodes, all Ready; nodes of an earlier, larger number go. */
export async function ensureHollowNodes(cluster: Cluster, binaries: Binaries): Promise<void> {
  const kubectl = kubectlFor(cluster, binaries);
  const addresses = await kubectl(['get', 'pods', '--all-namespaces', '--output=jsonpath={.items[*].status.podIP}']);
  const documents = kwokConfig(cluster, freeRange(addresses.split(' '))).map((document) =>
    stringify(document, { lineWidth: 0 }),
  );
  await writeFile(configFile(cluster), documents.join('---\n'));
  await releaseLeases(cluster, kubectl);
  await applyNodes(cluster, kubectl);
  await ensureRunning(cluster, hollowComponents, binaries);
  await kubectl(['wait', 'nodes', selector, '--for=condition=Ready', '--timeout=60s'], { timeoutMs: 90_000 });
}

/** Ends what plays the nodes and removes them; does nothing where there are none. */
export async function removeHollowNodes(cluster: Cluster, binaries: Binaries): Promise<void> {
  const marks = new Set(['kwok', 'kube-scheduler'].map((name) => markOf(cluster, name)));
  const running = (await processesOf(cluster)).filter(({ mark }) => marks.has(mark));
  if (running.length === 0) return;
  await stopAll(running);
  await kubectlFor(cluster, binaries)(['delete', 'nodes', selector, '--ignore-not-found']);
}

const ranges = Array.from({ length: 16 }, (_, at) => 128 + at * 8);

/**
 * A part of 10.128.0.0/9 that no pod has its address from. kwok forgets when it ends which addresses it gave, so each
 * start hands out others; every part is larger than the most hollow nodes can fill.
 */
export function freeRange(addresses: readonly string[]): string {
  const used = new Set(addresses.filter(Boolean).map((address) => Number(address.split('.')[1]) & ~7));
  const free = ranges.find((range) => !used.has(range));
  if (free === undefined) throw new Error('pods of 16 earlier starts hold every address range: delete some of them');
  return `10.${free}.0.0/13`;
}

const selector = `--selector=${hollowLabel}=true`;
type Kubectl = (args: readonly string[], options?: RunOptions) => Promise<string>;

function kubectlFor(cluster: Cluster, binaries: Binaries): Kubectl {
  const prefix = [`--kubeconfig=${cluster.paths.kubeconfig}`];
  return async (args, options) => (await run(binaries['kubectl'] ?? 'kubectl', [...prefix, ...args], options)).stdout;
}

/** A kwok that was killed still holds its nodes' Leases for 40 s, and the next one would touch no pod until then. */
async function releaseLeases(cluster: Cluster, kubectl: Kubectl): Promise<void> {
  const alive = (await processesOf(cluster)).some(({ mark }) => mark === markOf(cluster, kwok.name));
  if (!alive) await kubectl(['delete', 'leases', '--namespace=kube-node-lease', '--all']);
}

async function applyNodes(cluster: Cluster, kubectl: Kubectl): Promise<void> {
  const found = (await kubectl(['get', 'nodes', selector, '--output=name'])).split('\n').filter(Boolean);
  const wanted = Array.from({ length: cluster.hollowNodes }, (_, at) => hollowNode(at));
  const names = new Set(wanted.map(({ metadata }) => `node/${metadata.name}`));
  const surplus = found.filter((name) => !names.has(name));
  const missing = wanted.filter(({ metadata }) => !found.includes(`node/${metadata.name}`));
  if (surplus.length > 0) await kubectl(['delete', ...surplus]);
  if (missing.length === 0) return;
  const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: missing });
  await kubectl(['create', '--filename=-'], { input, timeoutMs: 120_000 });
}

/** A node as its kubelet would register it; kwok fills in the status. */
function hollowNode(at: number) {
  const name = `hollow-${at}`;
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: {
        [hollowLabel]: 'true',
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
      },
      // From the range for carriers (RFC 6598): it meets neither pods nor services.
      annotations: { [addressAnnotation]: `100.64.${at >> 8}.${at & 255}` },
    },
  };
}
