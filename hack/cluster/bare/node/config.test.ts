import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { pathsOf } from '../../paths.ts';
import { restoreCluster } from '../cluster.ts';
import { chooseNetwork } from '../machine/network.ts';
import { blockPorts } from '../ports.ts';
import { nodeFiles } from './config.ts';

const network = chooseNetwork([]);
const ports = blockPorts(20_000);
const cluster = restoreCluster(
  { name: 'one', mode: 'full', hollowNodes: 0, ports, network },
  pathsOf('one', '/home/my "code"'),
);
const files = nodeFiles(cluster, { bridge: '/cache/cni/bridge', runc: '/cache/runc/runc' });
const file = (end: string) => Object.entries(files).find(([path]) => path.endsWith(end))?.[1] ?? '';

describe('the files of a node', () => {
  it("all lie in the cluster's own folder", () => {
    expect(Object.keys(files).filter((path) => !path.startsWith(cluster.paths.state))).toEqual([]);
  });

  it('give kubelet room for 250 pods and a cgroup that names the cluster', () => {
    expect(parse(file('kubelet.yaml'))).toMatchObject({
      maxPods: 250,
      failCgroupV1: false,
      cgroupDriver: 'cgroupfs',
      cgroupRoot: '/vish-one',
      clusterDNS: ['10.96.0.10'],
    });
    expect(JSON.parse(file('10-vish.conflist')).plugins[0].ipam.ranges).toEqual([[{ subnet: '10.244.0.0/22' }]]);
  });

  it.each(['docker.io', 'ghcr.io', 'quay.io', 'public.ecr.aws', 'registry.k8s.io'])(
    'look for images of %s in the local registry first, in containerd and in BuildKit',
    (name) => {
      expect(file(`/${name}/hosts.toml`)).toContain(`[host."http://10.244.0.1:${ports.registry}"]`);
      expect(file('buildkitd.toml')).toContain(`[registry."${name}"]\nmirrors = ["10.244.0.1:${ports.registry}"]`);
    },
  );

  it("listen on the node's own address only, because the registry has no password", () => {
    expect(parse(file('registry.yaml')).http.addr).toBe(`10.244.0.1:${ports.registry}`);
  });

  it('quote paths, so that a checkout may have any name', () => {
    expect(file('containerd.toml')).toContain(String.raw`root = "/home/my \"code\"/.vish/clusters/one/containerd"`);
  });

  it('let containerd run where oom scores cannot be lowered', () => {
    expect(file('containerd.toml')).toContain('restrict_oom_score_adj = true');
  });
});
