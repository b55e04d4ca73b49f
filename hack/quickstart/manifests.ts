import { type GitServerSettings, gitServerManifests, urlInCluster, usual } from '../git-server/manifests.ts';
import type { MadeImage } from './images.ts';

/** The pod and Service ranges of the local cluster: users' addresses never lead there, but for the two below. */
const clusterRanges = ['10.244.0.0/16', '10.96.0.0/12'];

const gitHostInCluster = { cidr: '10.96.0.0/12', host: new URL(urlInCluster(usual)).host, port: 80, http: true };

/** Values of the chart for a local cluster: its own registry without TLS, and one git host that it may reach. */
export function chartValues(
  { operator, builder }: Readonly<Record<'operator' | 'builder', Pick<MadeImage, 'reference' | 'digest'>>>,
  registry: string,
  gitHost: object = gitHostInCluster,
): object {
  const [host = '', port = '80'] = registry.split(':');
  return {
    image: { repository: withoutTag(operator.reference), digest: operator.digest },
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
