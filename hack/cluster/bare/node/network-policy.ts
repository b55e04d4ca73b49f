import { join } from 'node:path';
import { Agent } from 'undici';
import type { Component } from '../component.ts';
import { kubeconfigOf } from '../kubeconfig.ts';
import { bridge } from '../machine/network.ts';
import { runFolder } from '../machine/ownership.ts';
import { probeHttp } from '../probes.ts';

const program = join(import.meta.dirname, '../../network-policy/main.ts');
const socket = join(runFolder, 'network-policy.sock');

/** The CNI bridge plugin knows no NetworkPolicy, and no enforcer that does can be had as a Go module. */
export const networkPolicy: Component = {
  name: 'network-policy',
  binary: 'node',
  needs: ['kube-apiserver'],
  args: (cluster) => [
    program,
    // It is root on this machine anyway, and an older cluster has no certificate for it.
    `--kubeconfig=${kubeconfigOf(cluster, 'admin')}`,
    `--socket=${socket}`,
    `--bridge=${bridge}`,
  ],
  check: () => probeHttp('http://network-policy/', [200], new Agent({ connect: { socketPath: socket } })),
};
