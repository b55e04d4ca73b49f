import { join } from 'node:path';
import { stringify } from 'yaml';
import type { Cluster } from '../cluster.ts';
import type { Component } from '../component.ts';
import { probeHttp } from '../probes.ts';
import { mirrored, registryAddress } from './mirrors.ts';

export function registryConfig(cluster: Cluster): string {
  return stringify({
    version: 0.1,
    log: { level: 'warn', accesslog: { disabled: true } },
    storage: {
      filesystem: { rootdirectory: join(cluster.paths.state, 'registry') },
      delete: { enabled: true },
    },
    // On the node's own address only: there is no password, and the machine's network must not reach it.
    http: { addr: registryAddress(cluster) },
  });
}

/** buildkitd.toml for builds on this machine: the same mirrors as containerd. */
export function buildkitConfig(cluster: Cluster): string {
  const local = registryAddress(cluster);
  const mirrors = Object.keys(mirrored).map((name) => `[registry."${name}"]\nmirrors = ["${local}"]\n`);
  const plain = [local, `127.0.0.1:${cluster.ports.registry}`, `localhost:${cluster.ports.registry}`];
  return [...mirrors, ...plain.map((name) => `[registry."${name}"]\nhttp = true\ninsecure = true\n`)].join('');
}

export const registry: Component = {
  name: 'registry',
  binary: 'registry',
  needs: [],
  args: (cluster) => ['serve', join(cluster.config, 'registry.yaml')],
  env: () => ({ OTEL_TRACES_EXPORTER: 'none' }),
  check: (cluster) => probeHttp(`http://${registryAddress(cluster)}/v2/`),
  address: (cluster) => registryAddress(cluster),
};
