import { Registry } from 'prom-client';
import { createBuildController } from '../../src/controllers/build/create.ts';
import type { BuildOptions } from '../../src/controllers/build/options.ts';
import { vouchFor } from '../../src/controllers/deployment/artifact/vouch.ts';
import type { Build } from '../../src/crds/build/build.ts';
import type { BuildSettings } from '../../src/crds/build/settings.ts';
import type { Project } from '../../src/crds/project/project.ts';
import { project as projectKind } from '../../src/crds/project/project.ts';
import { buildIdentity, buildName } from '../../src/images/identity.ts';
import type { Stored } from '../../src/kube/client/client.ts';
import { createClient } from '../../src/kube/client/create-client.ts';
import { loadConnection } from '../../src/kube/connection/load-connection.ts';
import { ConsistencyMetrics } from '../../src/kube/consistency/metrics.ts';
import { ControllerMetrics } from '../../src/kube/controller/metrics.ts';
import { InformerCache } from '../../src/kube/informer/informer-cache.ts';
import { withController } from '../../src/kube/owner/owner.ts';
import { createTransport } from '../../src/kube/transport/create-transport.ts';
import type { Transport } from '../../src/kube/transport/transport.ts';
import { builds, projects } from '../../src/objects/vish.ts';
import { createOutbound, dnsResolver, type Exception } from '../../src/outbound/outbound.ts';
import { systemClock, systemRandom } from '../../src/seams/system.ts';
import { recordingLogger } from './recording-logger.ts';
import { namespaces } from './resources.ts';
import { until } from './until.ts';
import { within } from './within.ts';

export interface BuildWorldOptions {
  readonly kubeconfig: string;
  /** Of the user's objects; builds run in `<namespace>-builds`, untrusted ones in `<namespace>-builds-untrusted`. */
  readonly namespace: string;
  readonly builds?: Partial<BuildOptions>;
  readonly exceptions?: readonly Exception[];
  readonly project: ProjectOptions;
}

interface ProjectOptions {
  readonly url: string;
  readonly repository: string;
  readonly spec?: object;
}

const { signal } = new AbortController();

const defaults = {
  builderImage: 'registry.test/builder:1',
  pullSecrets: [],
  memory: '2Gi',
  cpu: '100m',
  storage: '5Gi',
  registries: [],
  processes: 8192,
  rootless: false,
  provenance: true,
  keepSeconds: 600,
  maxConcurrent: 2,
  untrustedWithoutNetworkPolicy: false,
  deadlineSeconds: 600,
  maxCpu: '2',
  maxMemory: '4Gi',
  source: { packMegabytes: 100, megabytes: 100, fileMegabytes: 100, files: 10_000, seconds: 60 },
} as const;

/** The build controller as it runs in the operator, with namespaces and a Project of its own. */
export async function buildWorld(options: BuildWorldOptions) {
  const { kubeconfig, namespace, exceptions = [] } = options;
  const buildNamespace = `${namespace}-builds`;
  const untrustedNamespace = `${buildNamespace}-untrusted`;
  const own = [namespace, buildNamespace, untrustedNamespace];
  const connection = await loadConnection({ clock: systemClock, kubeconfig });
  const transport = createTransport({ connection, clock: systemClock, random: systemRandom });
  const client = createClient({ transport, clock: systemClock, fieldManager: 'test' });
  for (const name of own) await client.create(namespaces, { metadata: { name } });
  const addProject = (name: string, wanted: ProjectOptions) =>
    client.create(projects, aProject({ namespace, name }, wanted));
  const project = await addProject('shop', options.project);
  const settings = { ...defaults, ...options.builds, namespace: buildNamespace, untrustedNamespace };
  const rules = { clusterRanges: [], apiServers: [], exceptions };
  const operator = await startOperator(connection, namespace, { ...settings, outbound: rules });
  return {
    client,
    project,
    addProject,
    namespace,
    buildNamespace,
    untrustedNamespace,
    /** Method and path of every request of the controller, watches and lists apart. */
    requests: operator.requests,
    log: operator.log,
    /** Another process takes over, with other settings where they are given. */
    async restart(meanwhile: () => Promise<void> = () => Promise.resolve(), change: Partial<BuildOptions> = {}) {
      await operator.stop();
      await meanwhile();
      Object.assign(operator, await startOperator(connection, namespace, { ...settings, outbound: rules, ...change }));
    },
    /** As a Deployment would make it. */
    async build(commit: string, build: BuildSettings = {}, of = project): Promise<Stored<Build>> {
      const owned = withController(aBuild(of, commit, build), { resource: projects, object: of });
      const now = new Date(systemClock.now());
      return vouchFor({ client, wrote: () => undefined, now, signal }, await client.create(builds, owned));
    },
    /** As anybody would make it: nobody vouches for it. */
    byHand(commit: string): Promise<Stored<Build>> {
      const { metadata, ...rest } = aBuild(project, commit, {});
      return client.create(builds, { ...rest, metadata: { ...metadata, name: `by-hand-${commit.slice(0, 12)}` } });
    },
    read: (name: string) => client.get(builds, { namespace, name }),
    async until(name: string, holds: (build: Stored<Build>) => boolean, withinMs = 10_000): Promise<Stored<Build>> {
      let last = await client.get(builds, { namespace, name });
      const check = async () => holds((last = await client.get(builds, { namespace, name })));
      await until(check, { deadlineMs: withinMs }).catch((error: Error) => {
        throw new Error(`${error.message}: ${JSON.stringify(last.status)}`, { cause: error });
      });
      return last;
    },
    async close() {
      await operator.stop();
      for (const name of own) await client.delete(namespaces, { name });
      await transport.close();
    },
  };
}

type Connection = Awaited<ReturnType<typeof loadConnection>>;

async function startOperator(connection: Connection, namespace: string, options: BuildOptions) {
  const seams = { clock: systemClock, random: systemRandom };
  const log = recordingLogger();
  const requests: string[] = [];
  const transport = counted(createTransport({ connection, ...seams }), requests);
  const informers = new InformerCache({ transport, ...seams, logger: log, freeze: true });
  const outbound = createOutbound({ ...options.outbound, clock: systemClock, resolver: dnsResolver() });
  const registry = new Registry();
  const { controller, sweeper } = createBuildController({
    client: createClient({ transport, clock: systemClock, fieldManager: 'vish' }),
    informers: within(informers, namespace),
    outbound,
    signing: { namespace, keys: {} },
    consistency: new ConsistencyMetrics(registry),
    metrics: new ControllerMetrics(registry),
    log,
    options,
    ...seams,
  });
  const stopping = new AbortController();
  const running = informers.run(stopping.signal);
  await controller.start();
  const sweeping = sweeper.start(stopping.signal);
  return {
    log,
    requests,
    stop: async () => {
      await controller.stop();
      stopping.abort();
      await Promise.all([running, sweeping]);
      await outbound.close();
      await transport.close();
    },
  };
}

function counted(transport: Transport, requests: string[]): Transport {
  return {
    ...transport,
    request: (request) => {
      if (request.method !== 'GET' || !/[?&](watch|limit|resourceVersion)=/.test(request.path)) {
        requests.push(`${request.method} ${request.path.split('?')[0]}`);
      }
      return transport.request(request);
    },
    stream: (request) => transport.stream(request),
    close: () => transport.close(),
  };
}

export function aProject(
  metadata: { namespace: string; name: string },
  { url, repository, spec = {} }: ProjectOptions,
): Project {
  const input = {
    apiVersion: 'vish.dev/v1alpha1',
    kind: 'Project',
    metadata,
    spec: { source: { git: { url } }, image: { repository }, ...spec },
  };
  return projectKind.schema.parse(input);
}

export function aBuild(project: Stored<Project>, commit: string, build: BuildSettings): Build {
  const { namespace = '', name, uid } = project.metadata;
  const inputs = { projectUid: uid, repositoryId: 'r', commit, imageRepository: 'i', build, trust: 'Trusted' } as const;
  const named = buildName({ project: name, service: name, commit, identity: buildIdentity(inputs) });
  return {
    apiVersion: 'vish.dev/v1alpha1',
    kind: 'Build',
    metadata: { namespace, name: named },
    spec: { projectRef: { name }, commit, build },
  };
}
