import { beforeAll, expect, it } from 'vitest';
import type { Project } from '../../../src/crds/project/project.ts';
import { pods } from '../../../src/objects/core.ts';
import { annotations, labels } from '../../../src/objects/labels.ts';
import { deployments, projects } from '../../../src/objects/vish.ts';
import { until } from '../../support/until.ts';
import { type App, appIn, liveCommit, said } from '../world/app.ts';
import { buildNamespace } from '../world/places.ts';
import { sample, slow } from '../world/sample.ts';
import type { World } from '../world/world.ts';

let world: World;
let app: App;
/** A person holds a release: what comes later waits until they let go. */
export function holds(settle: () => Promise<World>): void {
  beforeAll(async () => {
    world = await settle();
    app = appIn(world, { name: 'held' });
    await world.repository.commit({ files: await sample('version 1') });
    await world.api.client.apply(projects, app.project as Project);
    await world.kubectl('wait', '--for=create', `deployments.vish/${app.name}`, '--timeout=30s');
    await app.untilLive(await world.repository.git('rev-parse', 'main'));
  });

  it('a person goes back to a release, later commits are held until vish.dev/retry', async () => {
    const second = await app.push(await sample('version 2'));
    await app.untilLive(second);

    await app.annotate({ [annotations.rollback]: '1' });
    await app.until(
      (deployment) => said(deployment, 'Ready') === 'True/Held' && deployment.status?.live?.release === 1,
    );
    await app.untilSays('version 1');
    const third = await app.push(await sample('version 3'));
    const held = await app.until(({ status }) => status?.heldCommit === third);

    expect(said(held, 'Ready')).toBe('True/Held');
    expect(held.status).toMatchObject({ pinned: { release: 1 }, live: { release: 1 } });
    expect((await app.builds()).map(({ spec }) => spec.commit)).not.toContain(third);

    await app.annotate({ [annotations.retry]: '1' });
    const resumed = await app.untilLive(third);
    await app.untilSays('version 3');
    expect(resumed.status?.heldCommit).toBeUndefined();
    expect(resumed.status?.pinned).toBeUndefined();
  });

  it('suspend holds, and without it the newest commit goes live', async () => {
    const before = liveCommit(await app.read());
    await suspend(true);
    const commit = await app.push(await sample('version 4'));
    const held = await app.until(({ status }) => status?.heldCommit === commit);

    expect(said(held, 'Ready')).toBe('True/Held');
    expect(liveCommit(held)).toBe(before);
    expect((await app.builds()).map(({ spec }) => spec.commit)).not.toContain(commit);

    await suspend(false);
    await app.untilLive(commit);
    await app.untilSays('version 4');
  });

  it('a newer commit ends the build of an older one, and only the newest goes live', async () => {
    const older = await app.push(await slow('version old', 600));
    const building = async () => (await app.builds()).find(({ spec }) => spec.commit === older);
    await app.untilBuilding(older);

    const newer = await app.push(await sample('version 5'));
    const live = await app.untilLive(newer);
    const build = await building();

    expect(build && said(build, 'Ready')).toBe('False/BuildCancelled');
    expect(build?.status?.supersededBy).toBe(
      (await app.builds()).find(({ spec }) => spec.commit === newer)?.metadata.name,
    );
    expect(live.status?.history?.map(({ commit }) => commit)).not.toContain(older);
    const labelSelector = `${labels.buildUid}=${build?.metadata.uid}`;
    const left = async () => (await world.api.client.list(pods, { namespace: buildNamespace, labelSelector })).items;
    await until(async () => (await left()).length === 0, { deadlineMs: 40_000, everyMs: 200 });
    await app.untilSays('version 5');
  });
}

async function suspend(value: boolean): Promise<void> {
  const key = { namespace: world.namespace, name: app.name };
  await world.api.client.patch(deployments, key, { spec: { suspend: value } }, { type: 'merge' });
}
