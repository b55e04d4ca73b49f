import { join } from 'node:path';
import { z } from 'zod';
import { run } from '../../../lib/run.ts';
import { moduleFolder } from '../../build/builder.ts';
import { versions } from '../../versions.ts';
import { apply, applyFolder } from '../api.ts';
import { type Cluster, loopback } from '../cluster.ts';
import { type Component, flags } from '../component.ts';
import { kubeconfigOf } from '../kubeconfig.ts';
import { probeApi, probeHttp } from '../probes.ts';
import { clusterRoleBinding } from './dns.ts';

export const gatewayNamespace = 'gateway-system';
/** The Gateway that every namespace may attach routes to. */
export const gatewayName = 'public';

export function gatewayUrl(cluster: Cluster): string {
  const { nodeAddress } = cluster.network;
  return cluster.ports.gatewayHttp === 80
    ? `http://${nodeAddress}`
    : `http://${nodeAddress}:${cluster.ports.gatewayHttp}`;
}

/** The data plane runs beside the cluster, because no image of it can be pulled everywhere. */
export const traefik: Component = {
  name: 'traefik',
  binary: 'traefik',
  needs: ['kube-apiserver'],
  args: (cluster) =>
    flags({
      'entrypoints.web.address': `${cluster.network.nodeAddress}:${cluster.ports.gatewayHttp}`,
      'entrypoints.websecure.address': `${cluster.network.nodeAddress}:${cluster.ports.gatewayHttps}`,
      'entrypoints.traefik.address': `${loopback}:${cluster.ports.gatewayAdmin}`,
      ping: true,
      'metrics.prometheus': true,
      'providers.kubernetesgateway': true,
      'providers.kubernetesgateway.statusaddress.ip': cluster.network.nodeAddress,
      // The default of 2 s would be the longest part of every traffic shift.
      'providers.providersthrottleduration': '100ms',
      'global.checknewversion': false,
      'global.sendanonymoususage': false,
      'log.level': 'WARN',
    }),
  env: (cluster) => ({ KUBECONFIG: kubeconfigOf(cluster, 'traefik') }),
  prepare: async (cluster) => {
    await applyFolder(cluster, await gatewayDefinitions());
    await apply(cluster, gatewayObjects(cluster));
  },
  check: (cluster) => probeHttp(`http://${loopback}:${cluster.ports.gatewayAdmin}/ping`),
  address: gatewayUrl,
};

const gatewaySchema = z.object({
  status: z.object({ conditions: z.array(z.object({ type: z.string(), status: z.string() })) }).optional(),
});

/** The Gateway is accepted and its port answers; 404 is the answer to a host that no route names. */
export async function checkGateway(cluster: Cluster): Promise<void> {
  const path = `/apis/gateway.networking.k8s.io/v1/namespaces/${gatewayNamespace}/gateways/${gatewayName}`;
  const gateway = gatewaySchema.parse(await probeApi(cluster, path));
  const programmed = gateway.status?.conditions.some(({ type, status }) => type === 'Programmed' && status === 'True');
  if (programmed !== true) throw new Error(`Gateway ${gatewayNamespace}/${gatewayName} is not programmed yet`);
  await probeHttp(gatewayUrl(cluster), [200, 404]);
}

/** Folder of the Gateway API's definitions, in the module that Traefik is built with. */
export async function gatewayDefinitions(): Promise<string> {
  const module = `sigs.k8s.io/gateway-api@${versions.gatewayApi}`;
  const { stdout } = await run('go', ['mod', 'download', '-json', module], {
    cwd: moduleFolder('traefik'),
    timeoutMs: 120_000,
  });
  const { Dir: folder } = z.object({ Dir: z.string() }).parse(JSON.parse(stdout));
  return join(folder, 'config', 'crd', 'standard');
}

function gatewayObjects(cluster: Cluster): object[] {
  const group = 'gateway.networking.k8s.io';
  const read = ['get', 'list', 'watch'];
  return [
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: 'vish-traefik' },
      rules: [
        { apiGroups: [''], resources: ['namespaces', 'services', 'secrets', 'configmaps', 'nodes'], verbs: read },
        { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: read },
        { apiGroups: [group], resources: ['*'], verbs: read },
        { apiGroups: [group], resources: ['*/status'], verbs: ['update', 'patch'] },
      ],
    },
    clusterRoleBinding('vish-traefik', 'vish:traefik'),
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: gatewayNamespace } },
    {
      apiVersion: `${group}/v1`,
      kind: 'GatewayClass',
      metadata: { name: 'traefik' },
      spec: { controllerName: 'traefik.io/gateway-controller' },
    },
    {
      apiVersion: `${group}/v1`,
      kind: 'Gateway',
      metadata: { name: gatewayName, namespace: gatewayNamespace },
      spec: {
        gatewayClassName: 'traefik',
        listeners: [
          {
            name: 'http',
            protocol: 'HTTP',
            port: cluster.ports.gatewayHttp,
            allowedRoutes: { namespaces: { from: 'All' } },
          },
        ],
      },
    },
  ];
}
