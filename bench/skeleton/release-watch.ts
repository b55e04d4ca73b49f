import type { Build } from '../../src/crds/build/build.ts';
import type { Deployment } from '../../src/crds/deployment/deployment.ts';
import { InformerCache } from '../../src/kube/informer/informer-cache.ts';
import { type Pod, pods } from '../../src/objects/core.ts';
import { labels } from '../../src/objects/labels.ts';
import { builds, deployments } from '../../src/objects/vish.ts';
import type { Clock } from '../../src/seams/clock.ts';
import { systemRandom } from '../../src/seams/system.ts';
import type { Connected } from '../../test/harness/connect.ts';
import { recordingLogger } from '../../test/support/recording-logger.ts';
import type { Moment } from './stages.ts';

/** What a watch shows on the way of one commit, in its order. */
const order = [
  'head seen',
  'Build made',
  'pod started',
  'cloned',
  'built',
  'pushed, digest in status',
  'release made',
  'first new pod ready',
  'new pods ready',
] as const;
type Sight = (typeof order)[number];

export interface ReleaseWatch {
  /** When each thing was first seen for `commit`. */
  moments(): Moment[];
  /** The Deployment says that this commit is live and that all is done. */
  isReady(): boolean;
  close(): Promise<void>;
}

export interface ReleaseWatchOptions {
  api: Connected;
  clock: Clock;
  namespace: string;
  /** Undefined before it exists: what was seen until then does not count. */
  commit: () => string | undefined;
}

/** By the time at which we see each change: statuses have whole seconds only. */
export async function watchRelease({ api, clock, namespace, commit }: ReleaseWatchOptions): Promise<ReleaseWatch> {
  const seen = new Map<Sight, number>();
  let ready = false;
  const note = (sights: readonly Sight[]) => {
    for (const sight of sights) if (!seen.has(sight)) seen.set(sight, clock.monotonic());
  };
  const { transport } = api;
  const cache = new InformerCache({ transport, clock, random: systemRandom, logger: recordingLogger() });
  const stopping = new AbortController();
  const look = () => {
    const wanted = commit();
    if (wanted === undefined) return;
    const deployment = deploymentStore.list().find(({ status }) => status?.observedCommit === wanted);
    const release = deployment?.status?.history?.find((entry) => entry.commit === wanted);
    const build = buildStore.list().find(({ spec }) => spec.commit === wanted);
    note([...sightsOf(deployment, release?.name), ...sightsOfBuild(build)]);
    if (release !== undefined)
      note(sightsOfPods(podStore.list(), release.name, deployment?.status?.live?.replicas ?? 1));
    ready = isLive(deployment, release?.number);
  };
  const on = { onAdd: look, onUpdate: look, onDelete: look };
  const deploymentInformer = cache.informer<Deployment>(deployments, { namespace });
  const buildInformer = cache.informer<Build>(builds, { namespace });
  const podInformer = cache.informer<Pod>(pods, { namespace });
  const [deploymentStore, buildStore, podStore] = [deploymentInformer.store, buildInformer.store, podInformer.store];
  for (const informer of [deploymentInformer, buildInformer, podInformer]) informer.addHandler(on);
  const running = cache.run(stopping.signal);
  await cache.waitForSync(AbortSignal.timeout(30_000));
  return {
    moments: () => order.map((stage) => ({ stage, at: seen.get(stage) })),
    isReady: () => ready,
    async close() {
      stopping.abort();
      await running;
    },
  };
}

function sightsOf(deployment: Deployment | undefined, release: string | undefined): Sight[] {
  return [
    ...(deployment === undefined ? [] : ['head seen' as const]),
    ...(release === undefined ? [] : ['release made' as const]),
  ];
}

function sightsOfBuild(build: Build | undefined): Sight[] {
  if (build === undefined) return [];
  const begun = new Set(build.status?.stages?.map(({ name }) => name));
  return [
    'Build made',
    ...(begun.has('Clone') ? ['pod started' as const] : []),
    ...(begun.has('Build') ? ['cloned' as const] : []),
    ...(begun.has('Push') ? ['built' as const] : []),
    ...(build.status?.digest === undefined ? [] : ['pushed, digest in status' as const]),
  ];
}

function sightsOfPods(all: readonly Pod[], release: string, wanted: number): Sight[] {
  const ready = all.filter(
    ({ metadata, status }) =>
      metadata.labels?.[labels.release] === release &&
      status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True'),
  ).length;
  return [
    ...(ready > 0 ? ['first new pod ready' as const] : []),
    ...(ready >= wanted ? ['new pods ready' as const] : []),
  ];
}

function isLive(deployment: Deployment | undefined, release: number | undefined): boolean {
  const { live, rollout, conditions } = deployment?.status ?? {};
  const isReady = conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
  return release !== undefined && live?.release === release && rollout === undefined && isReady;
}
