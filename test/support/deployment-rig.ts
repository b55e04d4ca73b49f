import { Registry } from 'prom-client';
import { inject } from 'vitest';
import { buildState } from '../../src/controllers/deployment/artifact/builds.ts';
import {
  createDeploymentController,
  type DeploymentControllerOptions,
  deploymentWrites,
} from '../../src/controllers/deployment/create.ts';
import type { CommitLook } from '../../src/controllers/deployment/ports.ts';
import type { Deployment } from '../../src/crds/deployment/deployment.ts';
import type { DeploymentSpecInput } from '../../src/crds/deployment/spec.ts';
import type { Project } from '../../src/crds/project/project.ts';
import type { Client } from '../../src/kube/client/client.ts';
import { createClient } from '../../src/kube/client/create-client.ts';
import { loadConnection } from '../../src/kube/connection/load-connection.ts';
import { ConsistencyMetrics } from '../../src/kube/consistency/metrics.ts';
import { ControllerMetrics } from '../../src/kube/controller/metrics.ts';
import type { Notice } from '../../src/kube/events/event.ts';
import { InformerCache } from '../../src/kube/informer/informer-cache.ts';
import { createTransport } from '../../src/kube/transport/create-transport.ts';
import { builds, deployments, projects } from '../../src/objects/vish.ts';
import type { Read } from '../../src/objects/wire.ts';
import type { Verdict } from '../../src/rollout/checks/judge.ts';
import { sleep } from '../../src/seams/clock.ts';
import { systemClock, systemRandom } from '../../src/seams/system.ts';
import { watchStatuses } from '../harness/kstatus/status-watch.ts';
import { FakePlace, FakeTarget } from './fake-place.ts';
import { removeNamespace, testCluster } from './kinds/cluster.ts';
import { recordingLogger } from './recording-logger.ts';
import { until } from './until.ts';
import { within } from './within.ts';

const clock = systemClock;
const random = systemRandom;

/** A digest that tells one version of an app from another. */
export function digestOf(version: number): string {
  return `sha256:${version.toString(16).padStart(64, '0')}`;
}

export function commitOf(version: number): string {
  return version.toString(16).padStart(40, '0');
}

/** What a place is made from. */
export type PlaceTools = Pick<DeploymentControllerOptions, 'client' | 'cache' | 'written'>;

export interface RigOptions {
  /** Default: the suite's own API server. */
  readonly kubeconfig?: string;
  /** Default: as many as there are. */
  readonly maxConcurrentRollouts?: number;
  /** Default: places in memory, and checks that all say the same. */
  readonly places?: (tools: PlaceTools) => Places;
}

type Places = Pick<DeploymentControllerOptions, 'findTarget' | 'targetSources'> &
  Partial<Pick<DeploymentControllerOptions, 'measure'>>;

/** The controller on a real API server, with a place, a repository and a registry that a test moves by hand. */
export async function deploymentRig(namespace: string, options: RigOptions = {}) {
  const { kubeconfig = inject('kubeconfig') } = options;
  const cluster = await testCluster(namespace, kubeconfig);
  const connection = await loadConnection({ clock, kubeconfig });
  const transport = createTransport({ connection, clock, random });
  const client = createClient({ transport, clock, fieldManager: 'test' });
  const places = new Map<string, FakePlace>();
  const placeOf = (name: string) => {
    const place = places.get(name) ?? new FakePlace();
    places.set(name, place);
    return place;
  };
  const world = { head: commitOf(1), look: undefined as CommitLook | undefined, outside: false, ...measuring() };
  const requests: string[] = [];
  const life: Life = { writesLeft: Number.POSITIVE_INFINITY };
  const events: Notice[] = [];
  const log = recordingLogger();
  const watch = await watchStatuses({ transport, namespace });
  const fakePlaces: NonNullable<RigOptions['places']> = () => ({
    findTarget: ({ metadata }) => ({ target: new FakeTarget(placeOf(metadata.name)), outside: world.outside }),
  });
  let running = start();

  function start() {
    const stopping = new AbortController();
    const cache = new InformerCache({ transport, clock, random, logger: log, freeze: true });
    const informing = cache.run(stopping.signal);
    const scoped = within(cache, namespace);
    const tools = {
      client: mortal(createClient({ transport, clock, fieldManager: 'vish-deployment' }), requests, life),
      cache: scoped,
      written: deploymentWrites({ cache: scoped, clock, metrics: new ConsistencyMetrics(new Registry()) }),
    };
    const controller = createDeploymentController({
      ...tools,
      clock,
      random,
      logger: log,
      metrics: new ControllerMetrics(new Registry()),
      recorder: { record: (notice) => void events.push(notice) },
      maxConcurrentRollouts: options.maxConcurrentRollouts ?? Number.POSITIVE_INFINITY,
      ...portsOf(world),
      ...(options.places ?? fakePlaces)(tools),
    });
    const started = controller.start();
    return {
      started,
      async stop() {
        await started;
        await controller.stop();
        stopping.abort();
        await informing;
      },
    };
  }

  const key = (name: string) => ({ namespace, name });
  const get = (name: string) => client.get(deployments, key(name));

  return {
    namespace,
    client,
    placeOf,
    world,
    requests,
    events,
    log,
    get,
    /** Another operator with empty caches takes over. It looks at everything before this returns. */
    async restart() {
      await running.stop();
      life.writesLeft = Number.POSITIVE_INFINITY;
      running = start();
      await running.started;
    },
    /** The operator will die with its n-th write from now on. */
    dieAfter(writes: number) {
      life.writesLeft = writes;
    },
    get writesLeft() {
      return life.writesLeft;
    },
    get isDead() {
      return life.writesLeft <= 0;
    },
    async apply(name: string, spec: DeploymentSpecInput): Promise<Read<Deployment>> {
      const object = { metadata: key(name), spec } as unknown as Deployment;
      return client.apply(deployments, object, { fieldManager: 'user' });
    },
    async project(name: string): Promise<Read<Project>> {
      const spec = {
        source: { git: { url: 'https://git.example.com/acme/shop.git' } },
        image: { repository: 'registry.example.com/acme/shop' },
        environments: [{ name: 'eu', managedBy: 'External' }],
      };
      return client.apply(projects, { metadata: key(name), spec } as unknown as Project, { fieldManager: 'user' });
    },
    annotate: (name: string, annotations: Record<string, string | null>) =>
      client.patch(deployments, key(name), { metadata: { annotations } }, { type: 'merge' }),
    patch: (name: string, spec: object) => client.patch(deployments, key(name), { spec }, { type: 'merge' }),
    /** What the Build controller would write when it is done; a Build that is made again is waited for. */
    finishBuild: (name: string, status: object) =>
      until(async () => {
        const build = await client.get(builds, key(name));
        if (build.metadata.deletionTimestamp !== undefined || buildState(build) !== 'Running') return false;
        await client.patch(builds, key(name), { status }, { type: 'merge', subresource: 'status' });
        return true;
      }),
    /** Waits until `holds`. Every version on the way is held against the rules of kstatus; `close` tells. */
    async until(name: string, holds: (deployment: Read<Deployment>) => boolean): Promise<Read<Deployment>> {
      const deadline = clock.monotonic() + 15_000;
      for (;;) {
        const deployment = await get(name);
        if (holds(deployment)) return deployment;
        if (clock.monotonic() > deadline) {
          const last = log.at('error').slice(-3);
          throw new Error(`not so within 15 s: ${JSON.stringify(deployment.status, null, 1)} ${JSON.stringify(last)}`);
        }
        await sleep(clock, 50);
      }
    },
    async close() {
      await running.stop();
      try {
        await watch.close();
      } finally {
        await end();
      }
    },
  };

  async function end() {
    await removeNamespace(cluster);
    await transport.close();
  }
}

/** What every check says, and what was asked. */
function measuring() {
  return { verdict: 'Passed' as Verdict, measured: [] as string[] };
}

function portsOf(world: {
  head: string;
  look: CommitLook | undefined;
  verdict: Verdict;
  measured: string[];
}): Pick<DeploymentControllerOptions, 'lookAtSource' | 'resolveImage' | 'verifyImage' | 'planBuild' | 'measure'> {
  return {
    lookAtSource: async () =>
      world.look ?? { known: { commit: world.head, repositoryId: 'r' }, error: undefined, nextLookMs: 100 },
    resolveImage: async (image) => {
      const version = Number(/:(\d+)$/.exec(image)?.[1] ?? 0);
      return `${image.replace(/:\d+$/, '')}@${digestOf(version)}`;
    },
    verifyImage: async () => undefined,
    measure: async ({ name }, { release, step }) => {
      world.measured.push(`${name} of ${release.number} at ${step}`);
      return { verdict: world.verdict, value: '1', message: `It is ${world.verdict}.` };
    },
    planBuild: ({ project, commit }) => ({
      metadata: { name: `${project.metadata.name}-${commit.slice(-8)}` },
      spec: { projectRef: { name: project.metadata.name }, commit },
    }),
  };
}

/** How long an operator lives: it dies with its last write, before it hears the answer. */
interface Life {
  writesLeft: number;
}

const reads: ReadonlySet<string> = new Set(['get', 'list']);
const verbs = ['get', 'list', 'create', 'update', 'apply', 'patch', 'delete'] as const;

/** The client with a line for each request, until it dies. */
function mortal(client: Client, requests: string[], life: Life): Client {
  const counted = Object.fromEntries(
    verbs.map((verb) => {
      const call = async (...args: unknown[]) => {
        if (life.writesLeft <= 0) throw new Error('this operator is dead');
        requests.push(`${verb} ${(args[0] as { plural: string }).plural}`);
        const last = !reads.has(verb) && --life.writesLeft <= 0;
        const answer = await (client[verb] as (...all: unknown[]) => Promise<unknown>)(...args);
        if (last) throw new Error('this operator died with its write');
        return answer;
      };
      return [verb, call];
    }),
  );
  return { ...client, ...counted };
}
