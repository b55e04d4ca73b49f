import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundle } from '../../hack/build/bundle.ts';
import { type ApiServer, startApiServer } from '../../hack/cluster/api-server.ts';
import { loadConnection } from '../../src/kube/connection/load-connection.ts';
import { configMaps, services } from '../../src/objects/core.ts';
import { deployments } from '../../src/objects/vish.ts';
import { controllerRevisions, podDisruptionBudgets, replicaSets } from '../../src/objects/workloads.ts';
import { systemClock } from '../../src/seams/system.ts';
import { type Connected, connectTo } from '../harness/connect.ts';
import { differences, type EndState, endStateOf, ownFields } from '../harness/kill/end-state.ts';
import { endOf } from '../harness/requests/audit-log.ts';
import { installKinds } from '../support/kinds/cluster.ts';
import { expectNoLoopIn } from '../support/request-loops/audited.ts';
import { type Doors, startDoors } from './doors.ts';
import { type RunningPod, startTown, type Town } from './town.ts';

/** An API server with hollow nodes that things happen to, and the test's own way to it. */
export interface OutageWorld {
  readonly server: ApiServer;
  readonly api: Connected;
  readonly doors: Doors;
  readonly address: { readonly url: string; readonly ca: string };
  /** The operator as one file, which starts faster than its source. */
  readonly program: string;
  /** For files of the test; goes with the world. */
  readonly folder: string;
  /** Done before the server ends, the last one first. */
  readonly onClose: (work: () => Promise<unknown>) => void;
  close(): Promise<void>;
}

const resources = [deployments, controllerRevisions, replicaSets, services, podDisruptionBudgets, configMaps];

export async function startOutageWorld(name: string): Promise<OutageWorld> {
  const server = await startApiServer({ name: `${name}-${process.pid}`, hollowNodes: 1 });
  await installKinds(server.kubeconfig);
  const from = await endOf(server.auditLog);
  const api = await connectTo(server.kubeconfig);
  const doors = startDoors(api.client);
  const connection = await loadConnection({ clock: systemClock, kubeconfig: server.kubeconfig });
  const { ca = '' } = (await connection.credentials()).tls;
  const folder = await mkdtemp(join(tmpdir(), 'vish-outages-'));
  const program = join(folder, 'vish.js');
  await bundle({ entry: 'src/main.ts', outfile: program });
  const closers: (() => Promise<unknown>)[] = [];
  return {
    server,
    api,
    doors,
    address: { url: connection.server, ca },
    program,
    folder,
    onClose: (work) => void closers.unshift(work),
    async close() {
      for (const close of closers) await close();
      await rm(folder, { recursive: true });
      await doors.stop();
      await api.close();
      try {
        await expectNoLoopIn(server.auditLog, { suite: name, from });
      } finally {
        await server.stop();
      }
    },
  };
}

/** All that the operator has written there. */
const endOfTown = ({ api: { client } }: OutageWorld, { namespace }: Town): Promise<EndState> =>
  endStateOf({ client, namespace, resources, fields: ownFields });

/** A town where version 2 has gone out and nothing happened meanwhile. */
export async function undisturbed(world: OutageWorld): Promise<EndState> {
  const town = await midway(world, 'undisturbed');
  world.doors.open(town.namespace);
  await town.untilLive(2);
  world.doors.close(town.namespace);
  return endOfTown(world, town);
}

/** A town where version 2 is on its way, and waits at the doors. */
export async function midway({ api, doors }: OutageWorld, namespace: string): Promise<Town> {
  const town = await startTown(api.client, doors, namespace);
  await town.release(2);
  await town.untilMidway(2);
  return town;
}

export interface Outage {
  readonly name: string;
  readonly usual: EndState;
  /** Opens the doors of the town at its own moment. */
  readonly happens: (town: Town) => Promise<void>;
}

/** What is not as it should be after an outage. */
export interface Harm {
  /** Objects that are not as where nothing happened. */
  readonly differences: readonly string[];
  /** Pods that served to the end, or were to serve, and are not there any more. */
  readonly lost: readonly string[];
}

export const none: Harm = { differences: [], lost: [] };

/** Something happens in the middle of a release. Resolves when that has ended and the next one has gone out. */
export async function harmOf(world: OutageWorld, { name, usual, happens }: Outage): Promise<Harm> {
  const town = await midway(world, name);
  const before = await town.pods();
  await happens(town);
  const from = systemClock.monotonic();
  await town.untilLive(2);
  console.log(`${name}: everything is live ${seconds(from)} s after it was over`);
  const harm = {
    differences: differences(usual, await endOfTown(world, town)),
    lost: lostOf(before, await town.pods()),
  };
  await town.release(3);
  await town.untilLive(3);
  world.doors.close(name);
  return harm;
}

function lostOf(before: readonly RunningPod[], after: readonly RunningPod[]): string[] {
  const there = new Set(after.map(({ uid }) => uid));
  const staying = before.filter(({ app, version }) => version === 2 || app === 'untouched');
  return staying.filter(({ uid }) => !there.has(uid)).map(({ app, version }) => `${app} ${version}`);
}

function seconds(from: number): string {
  return ((systemClock.monotonic() - from) / 1000).toFixed(1);
}
