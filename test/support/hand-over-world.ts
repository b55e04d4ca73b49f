import type { Client, Stored } from '../../src/kube/client/client.ts';
import type { OwnerReference } from '../../src/kube/object/object.ts';
import type { Resource } from '../../src/kube/object/resource.ts';
import { controllerOf, controllerReference, isControlledBy } from '../../src/kube/owner/owner.ts';
import { services } from '../../src/objects/core.ts';
import { deployments } from '../../src/objects/vish.ts';
import {
  type AppsDeployment,
  appsDeployments,
  controllerRevisions,
  type ReplicaSet,
  replicaSets,
} from '../../src/objects/workloads.ts';
import { ClusterHandOver } from '../../src/targets/cluster/hand-over/hand-over.ts';
import { isSameTemplate } from '../../src/targets/cluster/hand-over/wanted.ts';
import { type HandedTo, TargetError } from '../../src/targets/target.ts';
import { aDeployment, aRelease, aTemplate } from './cluster-place/builders.ts';
import { dyingAfter } from './dying-client.ts';
import { MemoryClient } from './memory-client.ts';
import { fc } from './properties.ts';
import { silentLogger } from './scripted-api/rig.ts';

const namespace = 'shop';
const release = aRelease({ workload: { scale: { replicas: 2 } } });

interface SetParts {
  readonly name?: string;
  readonly replicas?: number;
  readonly owner?: Omit<OwnerReference, 'controller'>;
  readonly selector?: Record<string, string>;
  readonly labels?: Record<string, string>;
}

/** What runs release web-1 of shop/web. */
export function aSet({
  name = release.name,
  replicas = 2,
  owner,
  selector,
  labels = {},
}: SetParts = {}): Stored<ReplicaSet> {
  const own = { 'vish.dev/deployment': 'web', 'vish.dev/release': name };
  const revision = { apiVersion: 'apps/v1', kind: 'ControllerRevision', name, uid: `uid-${name}` };
  const template = aTemplate();
  const all = { ...template.metadata?.labels, ...labels };
  return {
    metadata: {
      namespace,
      name,
      uid: `uid-set-${name}`,
      resourceVersion: '1',
      labels: { ...own, ...labels },
      ownerReferences: [{ ...(owner ?? revision), controller: true }],
    },
    spec: {
      replicas,
      selector: { matchLabels: selector ?? own },
      template: { ...template, metadata: { ...template.metadata, labels: all } },
    },
  };
}

interface AppsParts {
  readonly by?: string;
  readonly noticed?: boolean;
  readonly paused?: boolean;
  readonly isGoing?: boolean;
}

export function anAppsDeployment({ by = 'uid-web', noticed, paused = true, isGoing }: AppsParts = {}) {
  const note = noticed === true ? { 'deployment.kubernetes.io/revision': '1' } : {};
  const metadata = {
    namespace,
    name: 'old',
    uid: 'uid-old',
    resourceVersion: '1',
    generation: 1,
    annotations: { 'vish.dev/handed-over-by': by, ...note },
    ...(isGoing === true && { deletionTimestamp: '2026-01-01T00:00:00Z' }),
  };
  const template = aTemplate();
  const spec = { paused, selector: { matchLabels: { 'vish.dev/deployment': 'web' } }, template };
  return { metadata, spec, status: { observedGeneration: 1 } } as Stored<AppsDeployment>;
}

export type HandOverMove =
  | { readonly does: 'look' | 'apps' | 'collect' | 'resume' | 'remove' }
  | { readonly does: 'die'; readonly writes: number };

const plain = (does: 'look' | 'apps' | 'collect' | 'resume' | 'remove') => fc.constant({ does } as const);

export const aHandOverMove: fc.Arbitrary<HandOverMove> = fc.oneof(
  { weight: 4, arbitrary: plain('look') },
  { weight: 4, arbitrary: plain('apps') },
  { weight: 2, arbitrary: plain('collect') },
  { weight: 1, arbitrary: plain('resume') },
  { weight: 1, arbitrary: plain('remove') },
  { weight: 3, arbitrary: fc.record({ does: fc.constant('die' as const), writes: fc.integer({ min: 1, max: 5 }) }) },
);

const key = { namespace, name: 'old' };

/** An API server in memory, apps/v1 and a garbage collector as far as a hand-over meets them, and our operator. */
export class HandOverWorld {
  private readonly client = new MemoryClient();
  private readonly broken: string[] = [];
  private readonly deployment = aDeployment({ workload: { scale: { replicas: 2 } } });
  /** As the status has it. */
  private begun: HandedTo | undefined;
  private isDone = false;

  static async open(): Promise<HandOverWorld> {
    const world = new HandOverWorld();
    const { client, deployment } = world;
    const object = await client.create(deployments, deployment);
    const owner = controllerReference({ resource: deployments, object });
    const ours = { namespace, labels: { 'vish.dev/deployment': 'web' }, ownerReferences: [owner] };
    await client.create(controllerRevisions, { metadata: { ...ours, name: 'web-1', uid: 'uid-web-1' }, revision: 1 });
    await client.create(services, { metadata: { ...ours, name: 'web' } });
    await client.create(replicaSets, aSet());
    return world;
  }

  async play(move: HandOverMove): Promise<void> {
    if (move.does === 'look') await this.look(this.client);
    if (move.does === 'die') await this.dieWith(move.writes);
    if (move.does === 'apps') await this.apps();
    if (move.does === 'collect') await this.collect();
    if (move.does === 'resume') await this.resume();
    if (move.does === 'remove') await this.remove();
    await this.judge();
  }

  /** Everybody acts, nobody changes their mind. */
  async calm(): Promise<void> {
    for (let count = 0; count < 8; count++) {
      for (const does of ['collect', 'apps', 'look'] as const) await this.play({ does });
    }
  }

  /** And then our Deployment is deleted. */
  async end() {
    await this.client.delete(deployments, { namespace, name: 'web' });
    await this.collect();
    await this.collect();
    const sets = await this.sets();
    const running = sets.filter(({ spec }) => (spec?.replicas ?? 0) > 0);
    const [apps] = await this.found();
    const left = [...(await this.names(services)), ...(await this.names(controllerRevisions))];
    return {
      isDone: this.isDone,
      broken: this.broken,
      running: running.map(({ metadata }) => metadata.uid),
      owners: sets.map((set) => controllerOf(set)?.uid === apps?.metadata.uid),
      paused: apps?.spec?.paused,
      left,
    };
  }

  private async look(client: Client): Promise<void> {
    if (this.isDone) return;
    const observer = { wrote: () => undefined, deleted: () => undefined };
    const handOver = new ClusterHandOver({ client, observer });
    const { deployment } = this;
    const scope = { deployment, memory: undefined, signal: AbortSignal.timeout(5000), log: silentLogger };
    try {
      if (this.begun === undefined) this.begun = await handOver.check(scope, release, 'old');
      const result = await handOver.carryOut(scope, this.begun);
      if (result === 'Done') this.isDone = true;
      if (result === 'Lost') this.begun = undefined;
    } catch (error) {
      if (!(error instanceof TargetError) && !String(error).includes('died')) throw error;
    }
  }

  private async dieWith(count: number): Promise<void> {
    const { client, isAlive } = dyingAfter(this.client, count);
    for (let looks = 0; looks < count && isAlive(); looks++) {
      await this.look(client);
      await this.apps();
    }
  }

  /** As apps/v1 does it: takes what it selects and nobody owns, notes its newest, and makes what it misses. */
  private async apps(): Promise<void> {
    const [owner] = await this.found();
    if (owner === undefined) return;
    const { 'vish.dev/deployment': wanted } = owner.spec?.selector.matchLabels ?? {};
    for (const set of await this.sets()) {
      const isFree = controllerOf(set) === undefined && set.metadata.labels?.['vish.dev/deployment'] === wanted;
      if (isFree) await this.change(set, { metadata: { ownerReferences: [reference(owner)] } });
    }
    const own = (await this.sets()).filter((set) => isControlledBy(set, owner));
    const newest = own.find((set) => isSameTemplate(owner, set));
    const note = newest && { annotations: { 'deployment.kubernetes.io/revision': '1' } };
    const status = { observedGeneration: owner.metadata.generation };
    await this.client.patch(appsDeployments, key, { metadata: { ...note } }, { type: 'merge' });
    await this.client.patch(appsDeployments, key, { status }, { type: 'merge', subresource: 'status' });
    if (owner.spec?.paused !== true) await this.roll(owner, { newest, own });
  }

  private async roll(
    owner: Stored<AppsDeployment>,
    { newest, own }: { newest: Stored<ReplicaSet> | undefined; own: readonly Stored<ReplicaSet>[] },
  ): Promise<void> {
    const others = own.filter((set) => set !== newest && (set.spec?.replicas ?? 0) > 0);
    for (const set of others) await this.change(set, { spec: { replicas: 0 } });
    if (newest !== undefined) return;
    const set = aSet({ name: `old-${(await this.sets()).length}` });
    const metadata = { ...set.metadata, labels: { 'vish.dev/deployment': 'web' }, ownerReferences: [reference(owner)] };
    const template = owner.spec?.template;
    await this.client.create(replicaSets, { metadata, spec: { ...set.spec, template } as never });
  }

  /** What had an owner, and has none that is there, goes. */
  private async collect(): Promise<void> {
    const owners: readonly Resource[] = [deployments, appsDeployments, controllerRevisions];
    const lists = await Promise.all(owners.map((resource) => this.client.list(resource, { namespace })));
    const alive = new Set(lists.flatMap(({ items }) => items.map(({ metadata }) => metadata.uid)));
    const owned: readonly Resource[] = [controllerRevisions, services, replicaSets];
    for (const resource of owned) {
      const { items } = await this.client.list(resource, { namespace });
      for (const object of items) {
        const owner = controllerOf(object);
        const { name } = object.metadata;
        if (owner !== undefined && !alive.has(owner.uid)) await this.client.delete(resource, { namespace, name });
      }
    }
  }

  /** A person takes the pause away too early: apps/v1 may make pods of its own for a while. */
  private async resume(): Promise<void> {
    if ((await this.found()).length === 0) return;
    await this.client.patch(appsDeployments, key, { spec: { paused: false } }, { type: 'merge' });
  }

  /** Only while it runs nothing: later its deletion is that of the app. */
  private async remove(): Promise<void> {
    const [owner] = await this.found();
    const isUsed = (await this.sets()).some((set) => controllerOf(set)?.uid === owner?.metadata.uid);
    if (owner !== undefined && !isUsed) await this.client.delete(appsDeployments, key);
  }

  private async judge(): Promise<void> {
    const set = (await this.sets()).find(({ metadata }) => metadata.name === release.name);
    if (set?.spec?.replicas !== 2) this.broken.push('the pods that serve are touched');
    if (set !== undefined && controllerOf(set) === undefined) this.broken.push('the ReplicaSet is nobody’s');
  }

  private async found(): Promise<Stored<AppsDeployment>[]> {
    return (await this.client.list(appsDeployments, { namespace })).items;
  }

  /** The oldest first, as apps/v1 looks through them. */
  private async sets(): Promise<Stored<ReplicaSet>[]> {
    return (await this.client.list(replicaSets, { namespace })).items;
  }

  private async names(resource: Resource): Promise<string[]> {
    return (await this.client.list(resource, { namespace })).items.map(({ metadata }) => metadata.name);
  }

  private change({ metadata: { name } }: Stored<ReplicaSet>, patch: object): Promise<unknown> {
    return this.client.patch(replicaSets, { namespace, name }, patch, { type: 'merge' });
  }
}

function reference(object: Stored<AppsDeployment>) {
  return controllerReference({ resource: appsDeployments, object });
}
