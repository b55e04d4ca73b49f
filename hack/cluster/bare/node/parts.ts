import { z } from 'zod';
import { type Cluster, nodeName } from '../cluster.ts';
import type { Component } from '../component.ts';
import { controlPlane, schedulers } from '../control-plane.ts';
import { probeApi } from '../probes.ts';
import { containerd } from './containerd.ts';
import { checkDns, coredns } from './dns.ts';
import { checkGateway, traefik } from './gateway.ts';
import { kubelet, kubeProxy } from './kubelet.ts';
import { networkPolicy } from './network-policy.ts';
import { registry } from './registry.ts';
import { localPath } from './volumes.ts';

/** What makes the node Ready and DNS answer. */
export const nodeComponents: readonly Component[] = [
  ...controlPlane,
  containerd,
  registry,
  ...schedulers,
  kubelet,
  kubeProxy,
  networkPolicy,
  coredns,
];

/** What is built after the node is Ready. */
export const lateComponents: readonly Component[] = [localPath, traefik];

/** Something that several components do together. */
export interface Outcome {
  readonly name: string;
  readonly check: (cluster: Cluster) => Promise<void>;
  /** What a healthy one is called in `status`. */
  readonly detail: string;
}

export const nodeOutcomes: readonly Outcome[] = [
  { name: 'node', check: checkNode, detail: `${nodeName} is Ready` },
  { name: 'dns', check: checkDns, detail: 'cluster.local answers' },
];

export const lateOutcomes: readonly Outcome[] = [{ name: 'gateway', check: checkGateway, detail: 'answers' }];

const nodeSchema = z.object({
  status: z.object({ conditions: z.array(z.object({ type: z.string(), status: z.string(), message: z.string() })) }),
});

async function checkNode(cluster: Cluster): Promise<void> {
  const node = nodeSchema.parse(await probeApi(cluster, `/api/v1/nodes/${nodeName}`));
  const ready = node.status.conditions.find(({ type }) => type === 'Ready');
  if (ready?.status !== 'True')
    throw new Error(`${nodeName} is not Ready: ${ready?.message ?? 'it has no condition yet'}`);
}
