import { adopted } from '../../src/controllers/deployment/adoption/adopt.ts';
import type { Look } from '../../src/controllers/deployment/look.ts';
import { Obstacle } from '../../src/controllers/deployment/obstacle.ts';
import { readRelease } from '../../src/controllers/deployment/release/revision.ts';
import type { Client, Stored } from '../../src/kube/client/client.ts';
import { controllerReference } from '../../src/kube/owner/owner.ts';
import { deployments } from '../../src/objects/vish.ts';
import {
  type AppsDeployment,
  appsDeployments,
  controllerRevisions,
  type ReplicaSet,
  replicaSets,
} from '../../src/objects/workloads.ts';
import { ClusterAdoption } from '../../src/targets/cluster/adoption/adoption.ts';
import type { Target } from '../../src/targets/target.ts';
import { aDeployment } from './cluster-place/builders.ts';
import { dyingAfter } from './dying-client.ts';
import { MemoryClient } from './memory-client.ts';
import { fc } from './properties.ts';
import { silentLogger } from './scripted-api/rig.ts';

const propagations = ['Orphan', 'Background', 'Foreground'] as const;

export type AdoptionMove =
  | { readonly does: 'look' | 'apps' | 'collect' | 'unpause' }
  | { readonly does: 'die'; readonly writes: number }
  | { readonly does: 'prune'; readonly propagation: (typeof propagations)[number] }
  | { readonly does: 'apply'; readonly version: string; readonly replicas: number };

const writing = fc.record({ does: fc.constant('die' as const), writes: fc.integer({ min: 1, max: 6 }) });
const pruning = fc.record({ does: fc.constant('prune' as const), propagation: fc.constantFrom(...propagations) });
const applying = fc.record({
  does: fc.constant('apply' as const),
  version: fc.constantFrom('1', '2'),
  replicas: fc.constantFrom(0, 2, 3),
});

export const anAdoptionMove: fc.Arbitrary<AdoptionMove> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ does: fc.constant('look' as const) }) },
  { weight: 4, arbitrary: fc.record({ does: fc.constant('apps' as const) }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('collect' as const) }) },
  { weight: 3, arbitrary: writing },
  { weight: 2, arbitrary: pruning },
  { weight: 2, arbitrary: applying },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('unpause' as const) }) },
);

const namespace = 'shop';
const key = { namespace, name: 'old' };

/** An API server in memory, an apps/v1 controller and a garbage collector as far as adoption meets them, and our operator. */
export class AdoptionWorld {
  private readonly client = new MemoryClient();
  private readonly broken: string[] = [];
  private readonly deployment = aDeployment({
    workload: { port: undefined },
    cluster: { adopt: { name: 'old' } },
  });
  private blocked: string | undefined;
  private isDone = false;
  private adoption: ClusterAdoption | undefined;
  private nowMs = 0;

  static async open(): Promise<AdoptionWorld> {
    const world = new AdoptionWorld();
    await world.client.create(deployments, world.deployment);
    // It was released before: apps/v1 keeps what is left of that.
    for (const version of ['0', '1']) {
      await world.play({ does: 'apply', version, replicas: 2 });
      await world.play({ does: 'apps' });
    }
    return world;
  }

  async play(move: AdoptionMove): Promise<void> {
    if (move.does === 'look') await this.look(this.client);
    if (move.does === 'die') await this.dieWith(move.writes);
    if (move.does === 'apps') await this.apps();
    if (move.does === 'collect') await this.collect();
    if (move.does === 'unpause') await this.unpause();
    if (move.does === 'prune') await this.prune(move.propagation);
    if (move.does === 'apply') await this.apply(move.version, move.replicas);
  }

  /** Everybody acts, nobody changes their mind. */
  async calm(): Promise<void> {
    for (let count = 0; count < 8; count++) {
      await this.collect();
      await this.apps();
      this.nowMs += 60_000;
      await this.look(this.client);
    }
  }

  async end() {
    const running = (await this.sets()).filter(({ spec }) => (spec?.replicas ?? 0) > 0);
    return { copies: running.length, blocked: this.blocked, broken: this.broken, isDone: this.isDone };
  }

  /** The status would say by now what was taken over. */
  private async look(client: Client): Promise<void> {
    this.adoption ??= new ClusterAdoption({
      client,
      clock: { monotonic: () => this.nowMs },
      observer: { wrote: () => undefined, deleted: () => undefined },
    });
    const before = this.client.requests.length;
    const owned = await this.ours();
    try {
      const { release } = await adopted(await this.lookWith(client), { adoption: this.adoption } as unknown as Target);
      [this.isDone, this.blocked] = [
        this.isDone || release !== undefined || (await this.ours()).length === 0,
        undefined,
      ];
    } catch (error) {
      if (error instanceof Obstacle) this.blocked = error.reason === 'AdoptionBlocked' ? error.message : undefined;
      else if (!String(error).includes('died')) throw error;
    }
    const wroteApps = this.client.requests.slice(before).some((line) => line.startsWith('patch deployments.apps '));
    if (wroteApps && owned.length > 0) this.broken.push('the apps/v1 object is written after its pods are ours');
  }

  private async lookWith(client: Client): Promise<Look> {
    const { items } = await this.client.list(controllerRevisions, { namespace });
    const releases = items.map(readRelease).filter((release) => release !== undefined);
    const taken = this.isDone && releases.length > 0 ? { live: { release: 1 }, history: [{ number: 1 }] } : {};
    const deployment = { ...this.deployment, status: taken };
    const wrote = () => undefined;
    return {
      deployment,
      releases,
      client,
      wrote,
      signal: AbortSignal.timeout(5000),
      log: silentLogger,
    } as unknown as Look;
  }

  private async dieWith(writes: number): Promise<void> {
    const { client, isAlive } = dyingAfter(this.client, writes);
    this.adoption = undefined;
    for (let looks = 0; looks < writes && isAlive(); looks++) {
      await this.look(client);
      await this.apps();
    }
    this.adoption = undefined;
  }

  /** As apps/v1 does it: first it takes what it selects and nobody owns, then it makes what it misses. */
  private async apps(): Promise<void> {
    const owner = await this.find();
    if (owner === undefined) return;
    for (const set of (await this.sets()).filter((each) => (each.metadata.ownerReferences ?? []).length === 0)) {
      await this.change(set, { metadata: { ownerReferences: [reference(owner)] } });
    }
    if (owner.spec?.paused === true) await this.scale(owner);
    else await this.roll(owner);
    const status = { observedGeneration: owner.metadata.generation ?? 1, replicas: await this.sizeOf(owner) };
    await this.client.patch(appsDeployments, key, { status }, { type: 'merge', subresource: 'status' });
  }

  private async roll(owner: Stored<AppsDeployment>): Promise<void> {
    const own = await this.ownedBy(owner);
    const current = own.find((set) => versionOf(set) === versionOf(owner));
    for (const set of own.filter((each) => each !== current)) await this.change(set, { spec: { replicas: 0 } });
    if (current === undefined) await this.makeSet(owner);
    else await this.change(current, { spec: { replicas: owner.spec?.replicas } });
  }

  /** Paused, it still scales: with none that has pods it starts the newest that it has. And it keeps to its limit of old ones. */
  private async scale(owner: Stored<AppsDeployment>): Promise<void> {
    const own = await this.ownedBy(owner);
    const isCurrent = (set: ReplicaSet) => versionOf(set) === versionOf(owner);
    const active = own.filter(({ spec }) => (spec?.replicas ?? 0) > 0);
    const one = active.length > 0 ? active : [own.find(isCurrent) ?? own.at(-1)];
    if (one.length === 1 && one[0] !== undefined)
      await this.change(one[0], { spec: { replicas: owner.spec?.replicas } });
    if (owner.spec?.revisionHistoryLimit !== 0) return;
    const empty = (await this.ownedBy(owner)).filter((set) => (set.spec?.replicas ?? 0) === 0 && !isCurrent(set));
    for (const set of empty) await this.client.delete(replicaSets, keyOfSet(set));
  }

  private async ownedBy({ metadata: { uid } }: Stored<AppsDeployment>): Promise<Stored<ReplicaSet>[]> {
    return (await this.sets()).filter((set) => ownerOf(set) === uid);
  }

  private async makeSet(owner: Stored<AppsDeployment>): Promise<void> {
    const version = versionOf(owner);
    const taken = new Set((await this.sets()).map(({ metadata }) => metadata.name));
    const hash = [version, `${version}x`, `${version}xx`].find((each) => !taken.has(`old-${each}`)) ?? 'last';
    const labels = { app: 'old', 'pod-template-hash': hash };
    const template = { ...owner.spec?.template, metadata: { labels } };
    const metadata = { namespace, name: `old-${hash}`, labels, ownerReferences: [reference(owner)] };
    const spec = { replicas: owner.spec?.replicas ?? 1, selector: { matchLabels: labels }, template };
    await this.client.create(replicaSets, { metadata, spec });
  }

  /** What has an owner that is gone goes. */
  private async collect(): Promise<void> {
    const owner = await this.find();
    const { items } = await this.client.list(controllerRevisions, { namespace });
    const alive = new Set([owner?.metadata.uid, ...items.map(({ metadata }) => metadata.uid)]);
    for (const set of await this.sets()) {
      const uid = ownerOf(set);
      if (uid !== undefined && !alive.has(uid)) await this.client.delete(replicaSets, keyOfSet(set));
    }
  }

  private async prune(propagation: (typeof propagations)[number]): Promise<void> {
    const owner = await this.find();
    if (owner === undefined) return;
    for (const set of (await this.sets()).filter((each) => ownerOf(each) === owner.metadata.uid)) {
      if (propagation === 'Orphan') await this.change(set, { metadata: { ownerReferences: [] } });
      if (propagation === 'Foreground') await this.client.delete(replicaSets, keyOfSet(set));
    }
    await this.client.delete(appsDeployments, key);
  }

  private async apply(version: string, replicas: number): Promise<void> {
    const template = {
      spec: { containers: [{ name: 'main', image: `old:${version}` }] },
      metadata: { labels: { app: 'old' } },
    };
    const spec = { replicas, selector: { matchLabels: { app: 'old' } }, template };
    const owner = await this.find();
    const generation = (owner?.metadata.generation ?? 0) + 1;
    if (owner === undefined) await this.client.create(appsDeployments, { metadata: { ...key, generation }, spec });
    else await this.client.patch(appsDeployments, key, { metadata: { generation }, spec }, { type: 'merge' });
  }

  private async unpause(): Promise<void> {
    if ((await this.find()) === undefined) return;
    await this.client.patch(appsDeployments, key, { spec: { paused: false } }, { type: 'merge' });
  }

  private async find(): Promise<Stored<AppsDeployment> | undefined> {
    return (await this.client.list(appsDeployments, { namespace })).items[0];
  }

  private async sets(): Promise<Stored<ReplicaSet>[]> {
    return (await this.client.list(replicaSets, { namespace })).items;
  }

  private async ours(): Promise<Stored<ReplicaSet>[]> {
    return (await this.sets()).filter(({ metadata }) =>
      metadata.ownerReferences?.some(({ kind }) => kind === 'ControllerRevision'),
    );
  }

  private async sizeOf(owner: Stored<AppsDeployment>): Promise<number> {
    return (await this.ownedBy(owner)).reduce((total, { spec }) => total + (spec?.replicas ?? 0), 0);
  }

  private change(set: Stored<ReplicaSet>, patch: object): Promise<unknown> {
    if (ownerOf(set) !== undefined && (set.metadata.ownerReferences?.[0]?.kind ?? '') === 'ControllerRevision') {
      this.broken.push('somebody else writes what is ours');
    }
    return this.client.patch(replicaSets, keyOfSet(set), patch, { type: 'merge' });
  }
}

function keyOfSet({ metadata: { name } }: Stored<ReplicaSet>) {
  return { namespace, name };
}

function reference(owner: Stored<AppsDeployment>) {
  return controllerReference({ resource: appsDeployments, object: owner });
}

function ownerOf({ metadata }: ReplicaSet): string | undefined {
  return metadata.ownerReferences?.find(({ controller }) => controller === true)?.uid;
}

function versionOf({ spec }: AppsDeployment | ReplicaSet): string {
  return spec?.template?.spec?.containers[0]?.image?.split(':')[1] ?? '';
}
