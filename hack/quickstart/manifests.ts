import {
  type GitServerSettings,
  gitServerManifests,
  gitServerPods,
  urlInCluster,
  usual,
} from '../git-server/manifests.ts';
import type { MadeImage } from './images.ts';

/** The pod and Service ranges of the local cluster: users' addresses never lead there, but for the two below. */
const clusterRanges = ['10.244.0.0/16', '10.96.0.0/12'];

const gitHostInCluster = { cidr: '10.96.0.0/12', host: new URL(urlInCluster(usual)).host, port: 80, http: true };

export interface Surroundings {
  /** A hole of `settings.outbound.allow`. Default: the git server of the quickstart. */
  readonly gitHost?: object;
  /** Addresses outside of the cluster that builds may reach although they look private. Default none. */
  readonly gateways?: readonly string[];
}

/** Values of the chart for a local cluster: its own registry without TLS, and one git host that it may reach. */
export function chartValues(
  { operator, builder }: Readonly<Record<'operator' | 'builder', Pick<MadeImage, 'reference' | 'digest'>>>,
  registry: string,
  { gitHost = gitHostInCluster, gateways = [] }: Surroundings = {},
): object {
  const [host = '', port = '80'] = registry.split(':');
  return {
    image: { repository: withoutTag(operator.reference), digest: operator.digest },
    builds: { networkPolicy: { egress: buildEgress(host, gateways) } },
    settings: {
      builds: {
        builderImage: `${withoutTag(builder.reference)}@${builder.digest}`,
        cache: {},
        registries: [
          { host: registry, http: true },
          { host: 'docker.io', mirrors: [registry] },
        ],
      },
      outbound: {
        clusterRanges,
        allow: [{ cidr: `${host}/32`, port: Number(port), http: true }, gitHost],
      },
    },
  };
}

/** What a NetworkPolicy has to be told of a local cluster: its DNS is a process of the node, and its git host a pod. */
export function buildEgress(node: string, gateways: readonly string[]): object[] {
  const dns = ['UDP', 'TCP'].map((protocol) => ({ protocol, port: 53 }));
  return [
    { to: [{ ipBlock: { cidr: `${node}/32` } }], ports: dns },
    gitServerPods(usual),
    ...gateways.map((address) => ({ to: [{ ipBlock: { cidr: `${address}/32` } }] })),
  ];
}

/** The first Project: what `main` holds runs as `production`, behind the Gateway of the local cluster. */
export function sampleProject(registry: string, git: GitServerSettings = usual): object {
  const gateway = { parentRefs: [{ name: 'public', namespace: 'gateway-system' }], hostnames: [sampleHost] };
  return {
    apiVersion: 'vish.dev/v1alpha1',
    kind: 'Project',
    metadata: { name: git.repository, namespace: 'default' },
    spec: {
      source: { git: { url: urlInCluster(git), pollSeconds: 10 } },
      image: { repository: `${registry}/${git.repository}` },
      workload: { port: 8080, scale: { replicas: 2 }, health: { path: '/healthz', intervalSeconds: 1 } },
      environments: [
        {
          name: 'production',
          branch: 'main',
          overrides: [{ service: git.repository, target: { cluster: { gateway } } }],
        },
      ],
    },
  };
}

export const sampleDeployment = `${usual.repository}-production`;
/** Names under localhost lead to this machine, for curl and for browsers. */
export const sampleHost = `${usual.repository}.localhost`;

export const gitManifests = () => gitServerManifests(usual);

function withoutTag(reference: string): string {
  return reference.replace(/:[^:/]+$/, '');
}
