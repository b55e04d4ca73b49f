import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface GitServerSettings {
  namespace: string;
  /** Of the node, so that a person on the machine can clone and push. */
  nodePort: number;
  /** Holds git and Node. */
  image: string;
  /** Name of the one repository: `shop` is served as `/shop.git`. */
  repository: string;
}

/** In the cluster as on the machine; 9418 is git's own port. */
export const usual: GitServerSettings = {
  namespace: 'git',
  nodePort: 30418,
  image: 'node:24',
  repository: 'shop',
};

const port = 8080;
const program = join(import.meta.dirname, '../../test/support/git-server');
const sample = join(import.meta.dirname, 'sample');

/** URL of the repository for pods. */
export function urlInCluster({ namespace, repository }: GitServerSettings): string {
  return `http://git.${namespace}.svc.cluster.local/${repository}.git`;
}

export function urlOnMachine({ nodePort, repository }: GitServerSettings): string {
  return `http://127.0.0.1:${nodePort}/${repository}.git`;
}

/** A git host of one pod with one repository. For trying out: there is no password and no TLS. */
export async function gitServerManifests(settings: GitServerSettings): Promise<object[]> {
  const { namespace } = settings;
  const metadata = (name: string) => ({ namespace, name, labels });
  const files = { ...(await programFiles()), 'seed.sh': await readFile(join(import.meta.dirname, 'seed.sh'), 'utf8') };
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: metadata('git-program'), data: files },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: metadata('git-sample'), data: await textFiles(sample) },
    {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: metadata('git'),
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    },
    { apiVersion: 'apps/v1', kind: 'Deployment', metadata: metadata('git'), spec: deploymentSpec(settings) },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: metadata('git'),
      spec: {
        type: 'NodePort',
        selector: labels,
        ports: [{ port: 80, targetPort: port, nodePort: settings.nodePort }],
      },
    },
  ];
}

/** The pods behind that URL, as a NetworkPolicy names them: it sees them and not their Service. */
export function gitServerPods({ namespace }: GitServerSettings): object {
  const namespaceSelector = { matchLabels: { 'kubernetes.io/metadata.name': namespace } };
  return { to: [{ namespaceSelector, podSelector: { matchLabels: labels } }], ports: [{ protocol: 'TCP', port }] };
}

const labels = { 'app.kubernetes.io/name': 'git' };

function deploymentSpec({ image, repository }: GitServerSettings) {
  const securityContext = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };
  const volumeMounts = [
    { name: 'program', mountPath: '/program' },
    { name: 'sample', mountPath: '/sample' },
    { name: 'repositories', mountPath: '/srv/git' },
    { name: 'scratch', mountPath: '/tmp' },
  ];
  const container = { image, securityContext: { ...securityContext, readOnlyRootFilesystem: true }, volumeMounts };
  const server = {
    ...container,
    name: 'server',
    command: ['node', '/program/serve.ts', '--root=/srv/git', `--port=${port}`],
    ports: [{ containerPort: port }],
    readinessProbe: {
      httpGet: { path: `/${repository}.git/info/refs?service=git-upload-pack`, port },
      periodSeconds: 1,
    },
    resources: { requests: { cpu: '10m', memory: '64Mi' } },
  };
  return {
    selector: { matchLabels: labels },
    // Two pods on one volume would both write.
    strategy: { type: 'Recreate' },
    template: {
      metadata: { labels },
      spec: {
        automountServiceAccountToken: false,
        terminationGracePeriodSeconds: 2,
        securityContext: {
          runAsNonRoot: true,
          runAsUser: 1000,
          fsGroup: 1000,
          seccompProfile: { type: 'RuntimeDefault' },
        },
        initContainers: [{ ...container, name: 'seed', command: ['sh', '/program/seed.sh', repository] }],
        containers: [server],
        volumes: [
          { name: 'program', configMap: { name: 'git-program' } },
          { name: 'sample', configMap: { name: 'git-sample' } },
          { name: 'repositories', persistentVolumeClaim: { claimName: 'git' } },
          { name: 'scratch', emptyDir: {} },
        ],
      },
    },
  };
}

/** The git host of the tests, which needs nothing but Node and git. */
async function programFiles(): Promise<Record<string, string>> {
  const files = await textFiles(program);
  const needed = Object.entries(files).filter(([name]) => name.endsWith('.ts') && !name.endsWith('.test.ts'));
  return { ...Object.fromEntries(needed), 'package.json': '{"type":"module"}' };
}

async function textFiles(folder: string): Promise<Record<string, string>> {
  const names = (await readdir(folder)).sort();
  const files = names.map(async (name) => [name, await readFile(join(folder, name), 'utf8')] as const);
  return Object.fromEntries(await Promise.all(files));
}
