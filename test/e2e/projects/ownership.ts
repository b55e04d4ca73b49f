import { beforeAll, expect, it } from 'vitest';
import type { Deployment } from '../../../src/crds/deployment/deployment.ts';
import type { Project } from '../../../src/crds/project/project.ts';
import { isKubeError } from '../../../src/kube/errors/errors.ts';
import type { Resource } from '../../../src/kube/object/resource.ts';
import { pods, services } from '../../../src/objects/core.ts';
import { builds, deployments, projects } from '../../../src/objects/vish.ts';
import { controllerRevisions, replicaSets } from '../../../src/objects/workloads.ts';
import { objectsOf } from '../../harness/objects-of.ts';
import { until } from '../../support/until.ts';
import { serviceIn } from '../world/addresses.ts';
import { type App, appIn, conditionOf, liveCommit } from '../world/app.ts';
import { followIn, untilHeard } from '../world/followed.ts';
import { startOldApp, successorOf } from '../world/old-app.ts';
import { sample } from '../world/sample.ts';
import { visit } from '../world/visitor.ts';
import type { World } from '../world/world.ts';

let world: World;
let app: App;
let commit: string;
/** Whose an environment, an app, and what was made for a Project are. */
export function ownership(settle: () => Promise<World>): void {
  beforeAll(async () => {
    world = await settle();
    app = appIn(world, { name: 'owned' });
    commit = await world.repository.commit({ files: await sample('version 1') });
  });

  it('an environment that somebody else claims is left to them, until they let go', async () => {
    const { namespace, api } = world;
    const spec = { projectRef: { name: 'owned' }, environment: 'live', source: { branch: 'main' } };
    const claim = { metadata: { namespace, name: 'claimed' }, spec: { ...spec, suspend: true } };
    await api.client.create(deployments, claim as unknown as Deployment);
    await api.client.apply(projects, app.project as Project);

    const says = (reason: string) => async () => {
      const project = await api.client.get(projects, { namespace, name: 'owned' });
      return conditionOf(project as never, 'Ready')?.reason === reason;
    };
    await until(says('EnvironmentTaken'), { deadlineMs: 20_000, everyMs: 100 });
    expect(await exists(deployments, app.name)).toBe(false);

    await api.client.delete(deployments, { namespace, name: 'claimed' });
    await until(says('ProjectReady'), { deadlineMs: 20_000, everyMs: 100 });
    await app.untilLive(commit);
    await app.untilSays('version 1');
    await app.untilSays('version 1', await app.service());
  });

  it('a Deployment that is deleted with --cascade=orphan leaves its app serving, and takes it back', async () => {
    const running = (await world.api.client.list(pods, { namespace: world.namespace })).items;
    const visitor = visit([app.gateway, await app.service()]);
    const { metadata } = await app.read();

    await world.kubectl('delete', `deployments.vish/${app.name}`, '--cascade=orphan', '--wait');
    // Its Project makes it again.
    await until(async () => (await app.read()).metadata.uid !== metadata.uid, { deadlineMs: 30_000, everyMs: 100 });
    await app.untilLive(commit);

    const after = (await world.api.client.list(pods, { namespace: world.namespace })).items;
    expect(after.map(({ metadata: { uid } }) => uid)).toEqual(running.map(({ metadata: { uid } }) => uid));
    expect((await visitor.leave()).failed).toEqual([]);
  });

  it('a Deployment that is deleted in the foreground goes after all that it made, and comes back', async () => {
    const { metadata } = await app.read();

    await world.kubectl('delete', `deployments.vish/${app.name}`, '--cascade=foreground', '--wait', '--timeout=90s');
    await until(async () => (await app.read()).metadata.uid !== metadata.uid, { deadlineMs: 30_000, everyMs: 100 });

    expect(liveCommit(await app.untilLive(commit))).toBe(commit);
    await app.untilSays('version 1');
  });

  it('an app of apps/v1 is taken over with its pods, goes on by command and check, and is handed back to apps/v1', async () => {
    const { namespace, api } = world;
    const visitor = visit([await startOldApp(world, 'old')]);
    const successor = followIn(world, 'taken');
    await api.client.apply(deployments, successorOf('old', { namespace, name: 'taken' }));

    const { status } = await successor.until(
      ({ status: now }) => now?.state === 'Ready' && now.live?.release === 2,
      120_000,
    );

    expect(status?.history).toMatchObject([
      { number: 2, outcome: 'Live', hooks: { before: { result: 'Passed' } } },
      { number: 1, outcome: 'Superseded', cause: 'Adoption' },
    ]);
    expect(status?.checks).toMatchObject([{ name: 'smoke', result: 'Passed' }]);
    expect(await world.kubectl('get', 'cronjobs', '--output=name')).toContain('nightly');
    await untilHeard('version new', await serviceIn(world, 'old'));

    await api.client.patch(deployments, { namespace, name: 'taken' }, { spec: { schedules: null } }, { type: 'merge' });
    await until(async () => (await world.kubectl('get', 'cronjobs', '--output=name')) === '', {
      deadlineMs: 20_000,
      everyMs: 200,
    });

    const serving = await podsOf('taken');
    await successor.annotate({ 'vish.dev/hand-over': 'deployment/back' });
    await successor.until(({ status: now }) => now?.state === 'HandedOver');
    await world.kubectl('delete', 'deployments.vish/taken', '--cascade=foreground', '--wait', '--timeout=90s');
    await world.kubectl('rollout', 'status', 'deployment.apps/back', '--timeout=90s');
    const kept = await podsOf('taken');
    await world.kubectl('rollout', 'restart', 'deployment.apps/back');
    await world.kubectl('rollout', 'status', 'deployment.apps/back', '--timeout=90s');

    expect(kept).toEqual(serving);
    expect((await visitor.leave()).failed).toEqual([]);
    const left = ['deployments.apps/old', 'deployments.apps/back', 'services/old', 'services/taken'];
    await world.kubectl('delete', ...left, 'poddisruptionbudgets/taken', '--cascade=foreground');
  });

  it('with a Project goes everything that was made for it', async () => {
    await world.kubectl('delete', 'projects.vish/owned', '--wait', '--timeout=90s');

    const kinds: readonly Resource[] = [deployments, builds, controllerRevisions, replicaSets, pods, services];
    const left = async () => {
      const found = await Promise.all(kinds.map((kind) => objectsOf(world.api.client, kind)));
      return found.flat().filter(({ metadata }) => metadata.namespace === world.namespace);
    };
    const describe = async () => (await left()).map(({ kind, metadata }) => `${kind} ${metadata.name}`).join(', ');
    await until(async () => (await left()).length === 0, { deadlineMs: 60_000, everyMs: 200, describe });
    expect(await left()).toEqual([]);
  });
}

async function exists(resource: Resource, name: string): Promise<boolean> {
  try {
    await world.api.client.get(resource, { namespace: world.namespace, name });
    return true;
  } catch (error) {
    if (isKubeError(error, 'NotFound')) return false;
    throw error;
  }
}

/** Those that are not ending. */
async function podsOf(name: string): Promise<string[]> {
  const { namespace, api } = world;
  const { items } = await api.client.list(pods, { namespace, labelSelector: `vish.dev/deployment=${name}` });
  return items.flatMap(({ metadata }) => (metadata.deletionTimestamp === undefined ? [metadata.uid] : [])).toSorted();
}
