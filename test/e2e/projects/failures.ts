import { beforeAll, expect, it } from 'vitest';
import type { Project } from '../../../src/crds/project/project.ts';
import { annotations } from '../../../src/objects/labels.ts';
import { projects } from '../../../src/objects/vish.ts';
import { type App, appIn, conditionOf, liveCommit, said } from '../world/app.ts';
import { crashing, sample, unbuildable } from '../world/sample.ts';
import { visit } from '../world/visitor.ts';
import type { World } from '../world/world.ts';

let world: World;
let app: App;
let good: string;
/** What cannot be built, what crashes, and the way out of both. */
export function failures(settle: () => Promise<World>): void {
  beforeAll(async () => {
    world = await settle();
    app = appIn(world, { name: 'shaky', replicas: 2, strategy: { progressDeadlineSeconds: 20 } });
    good = await world.repository.commit({ files: await sample('version 1') });
    await world.api.client.apply(projects, app.project as Project);
    await app.untilLive(good);
    await app.untilSays('version 1');
  });

  it('a commit that cannot be built says why, and what is live keeps answering', async () => {
    const visitor = visit([app.gateway]);

    const commit = await app.push(await unbuildable());
    const failed = await app.until((deployment) => said(deployment, 'Built') === 'False/BuildCommandFailed');
    const build = (await app.builds()).find(({ spec }) => spec.commit === commit);

    for (const object of [failed, build]) {
      const message = object && conditionOf(object, 'Built')?.message;
      expect(message).toContain('no such module: left-pad');
      expect(message).toMatch(/exit code 3|ended with 3|code 3/);
    }
    expect(build?.status?.failure).toMatchObject({ stage: 'Build', exitCode: 3, lines: expect.any(Array) as unknown });
    expect(said(failed, 'Available')).toMatch(/^True/);
    expect(said(failed, 'Ready')).toBe('False/BuildCommandFailed');
    expect(liveCommit(failed)).toBe(good);

    good = await app.push(await sample('version 2'));
    await app.untilLive(good);
    await app.untilSays('version 2');
    expect((await visitor.leave()).failed).toEqual([]);
  });

  it('a commit that crashes at its start is rolled back by its deadline, and nobody notices', async () => {
    const visitor = visit([app.gateway]);

    const commit = await app.push(await crashing());
    const back = await app.until((deployment) => said(deployment, 'Ready') === 'False/RolledBack', 90_000);

    expect(said(back, 'Stalled')).toBe('True/RolledBack');
    expect(said(back, 'Available')).toMatch(/^True/);
    expect(said(back, 'RolledBack')).toMatch(/^True/);
    expect(back.status).toMatchObject({ state: 'RolledBack', live: { ready: 2, weight: 100 } });
    expect(liveCommit(back)).toBe(good);
    expect(back.status?.history?.[0]).toMatchObject({ commit, outcome: 'RolledBack' });
    expect((await visitor.leave()).failed).toEqual([]);
  });

  it('vish.dev/retry tries the same release again, and a good commit recovers', async () => {
    const { status } = await app.read();
    const failed = status?.history?.[0]?.number ?? 0;

    await app.annotate({ [annotations.retry]: String(failed) });
    const again = await app.until(({ status }) => status?.rollout?.release === failed);
    expect(said(again, 'Ready')).toBe('Unknown/RollingOut');

    good = await app.push(await sample('version 3'));
    const live = await app.untilLive(good);
    await app.untilSays('version 3');
    expect(said(live, 'Stalled')).toBe('absent');
    expect(live.status?.history?.find(({ number }) => number === failed)?.outcome).toMatch(/RolledBack|Superseded/);
  });
}
