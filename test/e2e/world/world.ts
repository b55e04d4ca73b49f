import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';
import { run } from '../../../hack/lib/run.ts';
import { chartValues } from '../../../hack/quickstart/manifests.ts';
import { packageGateway } from '../../../hack/quickstart/package-gateway.ts';
import { loadConnection } from '../../../src/kube/connection/load-connection.ts';
import { systemClock } from '../../../src/seams/system.ts';
import { type Connected, connectTo } from '../../harness/connect.ts';
import { type StatusWatch, watchStatuses } from '../../harness/kstatus/status-watch.ts';
import { type Leftovers, watchForLeftovers } from '../../harness/leaks/leftovers.ts';
import { type InstalledOperator, installOperator } from '../../harness/operator/installed-operator.ts';
import { createRequests, type Mark, type Requests } from '../../harness/requests/requests.ts';
import { userOf } from '../../harness/requests/rights.ts';
import { createSecrets, type Secrets } from '../../harness/secrets/secrets.ts';
import { type GitServer, startGitServer } from '../../support/git-server/git-server.ts';
import { createRepository, type Repository } from '../../support/git-server/repository.ts';
import { installKinds } from '../../support/kinds/cluster.ts';
import { pushOurImages } from '../../support/our-images.ts';
import { namespaces } from '../../support/resources.ts';
import { systemNamespace } from './places.ts';
import { plantSecrets } from './plant.ts';

/** Where a user of the operator works. */
export interface Place {
  readonly namespace: string;
  /** URL of the repository, which wants the login of the Secret `git`. */
  readonly url: string;
  readonly repository: Repository;
  kubectl(...args: string[]): Promise<string>;
}

/** One test file's own operator, git host and namespace on the shared node, with everything watched that must not happen. */
export interface World extends Place {
  /** Of this world: its own and those of its neighbours. */
  readonly namespaces: readonly string[];
  readonly api: Connected;
  readonly operator: InstalledOperator;
  readonly requests: Requests;
  /** Who the operator is in the audit log. */
  readonly user: string;
  /** Before the operator was installed. */
  readonly start: Mark;
  readonly statuses: StatusWatch;
  readonly secrets: Secrets;
  readonly leftovers: Leftovers;
  /** Namespaces that were there before. */
  readonly hadNamespaces: ReadonlySet<string>;
  readonly git: GitServer;
  /** The same world with another namespace and repository, for a story that goes on side by side. */
  neighbour(namespace: string): Promise<World>;
  /** Another one on the same git host: `<name>.git`. */
  addRepository(name: string): Promise<Repository>;
  /** What a test file opened beside the cluster. */
  close(): Promise<void>;
}

export interface WorldOptions {
  /** The operator's pods are held by the chart's own NetworkPolicy. Default false. */
  readonly networkPolicy?: boolean;
}

/** The shipped images under the shipped chart and its rights, two replicas. */
export async function startWorld(namespace: string, { networkPolicy = false }: WorldOptions = {}): Promise<World> {
  const { kubeconfig, binaries, registry, auditLog, address } = inject('node');
  const images = await pushOurImages(inject('node'));
  await installKinds(kubeconfig);
  const api = await connectTo(kubeconfig);
  const hadNamespaces = new Set((await api.client.list(namespaces)).items.map(({ metadata }) => metadata.name));
  const leftovers = await watchForLeftovers({ client: api.client });
  const secrets = createSecrets();
  const login = { username: 'git', password: secrets.plant('git password') };
  const root = await mkdtemp(join(tmpdir(), 'vish-e2e-'));
  const git = await startGitServer({ root, host: address, login });
  const requests = createRequests({ auditLog, client: api.client });
  const start = await requests.mark();
  const gitHost = { cidr: `${address}/32`, port: git.port, http: true };
  const values = {
    ...chartValues(images, registry, { gitHost, gateways: await packageGateway() }),
    ...(networkPolicy && { networkPolicy: await operatorPolicy(kubeconfig) }),
  };
  const operator = await installOperator({ api, kubeconfig, binaries, values, namespace: systemNamespace });
  const statuses = await watchStatuses({ transport: api.transport, secrets });
  const own: string[] = [];
  const addRepository = (name: string) => createRepository(root, `${name}.git`);
  const settle = async (name: string): Promise<Place> => {
    own.push(name);
    await api.client.create(namespaces, { metadata: { name } });
    await plantSecrets({ client: api.client, namespace: name, secrets, login, registry });
    const repository = await addRepository(name);
    const kubectl = kubectlIn(name, { kubeconfig, binaries });
    return { namespace: name, url: `${git.url}/${name}.git`, repository, kubectl };
  };
  const world: World = {
    ...(await settle(namespace)),
    namespaces: own,
    api,
    operator,
    requests,
    start,
    statuses,
    secrets,
    leftovers,
    hadNamespaces,
    git,
    user: userOf({ namespace: systemNamespace, name: 'vish' }),
    neighbour: async (name) => ({ ...world, ...(await settle(name)) }),
    addRepository,
    async close() {
      await git[Symbol.asyncDispose]();
      await rm(root, { recursive: true });
      await api.close();
    },
  };
  return world;
}

function kubectlIn(namespace: string, { kubeconfig, binaries }: { kubeconfig: string; binaries: string }) {
  const scope = [`--kubeconfig=${kubeconfig}`, `--namespace=${namespace}`];
  return async (...args: string[]) =>
    (await run(join(binaries, 'kubectl'), [...scope, ...args], { timeoutMs: 150_000 })).stdout;
}

/** API server and DNS of the local cluster are processes of its node. */
async function operatorPolicy(kubeconfig: string): Promise<object> {
  const { server } = await loadConnection({ clock: systemClock, kubeconfig });
  const { hostname, port } = new URL(server);
  const node = { ipBlock: { cidr: `${hostname}/32` } };
  return { enabled: true, apiServer: [{ to: [node], ports: [{ protocol: 'TCP', port: Number(port) }] }], dns: [node] };
}
