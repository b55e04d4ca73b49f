import { isTrue } from '../../src/crds/conditions/conditions.ts';
import type { Deployment } from '../../src/crds/deployment/deployment.ts';
import type { Client, Stored } from '../../src/kube/client/client.ts';
import { type Pod, pods } from '../../src/objects/core.ts';
import { labels } from '../../src/objects/labels.ts';
import { deployments } from '../../src/objects/vish.ts';
import { digestOf } from '../support/deployment-rig.ts';
import { namespaces } from '../support/resources.ts';
import { until } from '../support/until.ts';
import { type Doors, door } from './doors.ts';

/** One Deployment of each strategy, and one that gets no release. A previous release that is kept would run beside the new one. */
const strategies = {
  canary: { type: 'Canary', canary: { steps: [{ weight: 50 }, { pauseSeconds: 4 }], previous: { warm: 'None' } } },
  green: { type: 'BlueGreen', blueGreen: { previous: { warm: 'None' } } },
  recreate: { type: 'Recreate' },
  rolling: { type: 'Rolling', rolling: { maxSurge: 1, maxUnavailable: 0 } },
  untouched: {},
} as const;

type Name = keyof typeof strategies;
const names = Object.keys(strategies) as Name[];
const moving = names.filter((name) => name !== 'untouched');
const replicas = 2;
const patience = { deadlineMs: 120_000, everyMs: 200 };

export interface RunningPod {
  readonly uid: string;
  /** Of the image that it runs. */
  readonly version: number;
  readonly app: string;
}

/** A namespace of Deployments that go from release to release together. */
export interface Town {
  readonly namespace: string;
  /** Everybody but `untouched` is to go to this version. */
  release(version: number): Promise<void>;
  /** It waits at the doors: everybody is under way, and has pods that do not serve yet. */
  untilMidway(version: number): Promise<void>;
  /** Some have come to serve and some have not. */
  untilMoving(version: number): Promise<void>;
  /** The Canary is in its pause. */
  untilPausing(): Promise<void>;
  untilLive(version: number): Promise<void>;
  /** The operator has looked at each since, twice, and everything is as it was. */
  untilLookedAt(): Promise<void>;
  /** All that run. */
  pods(): Promise<RunningPod[]>;
}

/** Everything is live at version 1, and the doors are closed. */
export async function startTown(client: Client, doors: Doors, namespace: string): Promise<Town> {
  await client.create(namespaces, { metadata: { name: namespace } });
  doors.open(namespace);
  for (const name of names) await client.create(deployments, manifest(namespace, name));
  const town = townIn(client, namespace);
  await town.untilLive(1);
  doors.close(namespace);
  return town;
}

function manifest(namespace: string, name: Name): Deployment {
  const podTemplatePatch = { spec: { readinessGates: [{ conditionType: door }] } };
  const spec = {
    source: { image: imageOf(1) },
    workload: { port: 8080, scale: { replicas } },
    target: { cluster: { podTemplatePatch } },
    strategy: strategies[name],
  };
  return { metadata: { namespace, name }, spec } as unknown as Deployment;
}

function townIn(client: Client, namespace: string): Town {
  const change = async (which: readonly Name[], spec: object) => {
    const patch = (name: Name) => client.patch(deployments, { namespace, name }, { spec }, { type: 'merge' });
    await Promise.all(which.map(patch));
  };
  const all = async (which: readonly string[]) =>
    (await client.list(deployments, { namespace })).items.filter(({ metadata }) => which.includes(metadata.name));
  const running = async () => (await client.list(pods, { namespace })).items.filter(isRunning).map(wordsOf);
  const waitFor = async (which: readonly Name[], holds: (deployment: Stored<Deployment>) => boolean) => {
    const describe = async () => (await all(which)).filter((each) => !holds(each)).map(({ status }) => status);
    await until(async () => (await all(which)).every(holds), { ...patience, describe });
  };
  return {
    namespace,
    release: (version) => change(moving, { source: { image: imageOf(version) } }),
    async untilMidway(version) {
      await waitFor(moving, ({ status }) => status?.rollout?.release === version && (status.next?.replicas ?? 0) > 0);
      const hasNew = async () => {
        const arrived = new Set((await running()).filter((pod) => pod.version === version).map(({ app }) => app));
        return moving.every((name) => arrived.has(name));
      };
      await until(hasNew, patience);
    },
    untilMoving: (version) =>
      until(async () => (await all(moving)).some(({ status }) => served(status) === version || ready(status) > 0), {
        ...patience,
        everyMs: 50,
      }),
    untilPausing: () => waitFor(['canary'], ({ status }) => status?.rollout?.phase === 'Pausing'),
    async untilLookedAt() {
      for (const historyLimit of [9, 10]) {
        await change(names, { historyLimit });
        await waitFor(names, isSeen);
      }
    },
    async untilLive(version) {
      await waitFor(names, (each) => isSettled(each, each.metadata.name === 'untouched' ? 1 : version));
      // Kubernetes' own controllers end what does not serve any more.
      await until(async () => (await running()).length === names.length * replicas, patience);
    },
    pods: running,
  };
}

function isSeen({ status, metadata }: Stored<Deployment>): boolean {
  return status?.observedGeneration === metadata.generation;
}

function isSettled(deployment: Stored<Deployment>, version: number): boolean {
  const { status } = deployment;
  const isDone = isTrue(status?.conditions ?? [], 'Ready') && status?.rollout === undefined;
  return isSeen(deployment) && isDone && served(status) === version;
}

const served = (status: Deployment['status']) => status?.live?.release;
const ready = (status: Deployment['status']) => status?.next?.ready ?? 0;

function imageOf(version: number): string {
  return `registry.example.com/shop@${digestOf(version)}`;
}

function isRunning({ metadata }: Stored<Pod>): boolean {
  return metadata.deletionTimestamp === undefined;
}

function wordsOf({ metadata: { uid, labels: own = {} }, spec }: Stored<Pod>): RunningPod {
  const digest = spec?.containers[0]?.image?.split('sha256:')[1] ?? '';
  return { uid, app: own[labels.deployment] ?? '', version: Number.parseInt(digest, 16) };
}
