import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { condition, isLive, isReason } from '../../../test/support/deployment-facts.ts';
import { commitOf, deploymentRig, digestOf } from '../../../test/support/deployment-rig.ts';
import { isKubeError } from '../../kube/index.ts';
import { builds } from '../../objects/vish.ts';

let rig: Awaited<ReturnType<typeof deploymentRig>>;
beforeAll(async () => {
  rig = await deploymentRig('deployment-build');
});
afterAll(() => rig.close());
beforeEach(() => {
  rig.world.look = undefined;
});

const buildBase = { apiVersion: 'vish.dev/v1alpha1', kind: 'Build' } as const;
const spec = { projectRef: { name: 'shop' }, environment: 'eu', source: { branch: 'main' } };
const buildOf = (version: number) => `shop-${commitOf(version).slice(-8)}`;

function ended(reason: string, more: object = {}) {
  const isGood = reason === 'BuildSucceeded';
  const stamp = {
    observedGeneration: 1,
    lastTransitionTime: '2026-01-01T00:00:00Z',
    message: `It is ${reason}.`,
    reason,
  };
  const ready = { ...stamp, type: 'Ready', status: isGood ? 'True' : 'False' };
  return {
    conditions: isGood ? [ready] : [ready, { ...stamp, type: 'Stalled', status: 'True' }],
    ...more,
    ...words(reason),
  };
}

function words(reason: string) {
  const states: Record<string, string> = { BuildSucceeded: 'Succeeded', BuildCancelled: 'Cancelled' };
  return { observedGeneration: 1, state: states[reason] ?? 'Failed' };
}

function built(version: number, trust = 'Trusted') {
  const image = `registry.example.com/acme/shop@${digestOf(version)}`;
  return ended('BuildSucceeded', { trust, image, digest: digestOf(version) });
}

it('builds a commit and releases the image, after the Project is there', async () => {
  await rig.apply('web', spec);
  const alone = await rig.until('web', isReason('ProjectNotFound'));
  await rig.project('shop');
  const waiting = await rig.until('web', isReason('BuildQueued'));
  await rig.finishBuild(buildOf(1), built(1));
  const live = await rig.until('web', isLive(1));

  expect(condition(alone, 'Stalled')?.message).toContain('"shop"');
  expect(waiting.status).toMatchObject({ build: buildOf(1), observedCommit: commitOf(1) });
  expect(live.status).toMatchObject({
    history: [{ number: 1, cause: 'Commit', commit: commitOf(1), digest: digestOf(1), trust: 'Trusted' }],
  });
  expect(live.status?.build).toBeUndefined();
  expect(condition(live, 'Built')).toMatchObject({ status: 'True', reason: 'BuildSucceeded' });
});

it('says why a build failed while the live release serves, and builds again when asked', async () => {
  rig.world.head = commitOf(2);
  await rig.until('web', ({ status }) => status?.build === buildOf(2));
  const failure = { stage: 'Build', class: 'Code', remedy: 'Correct the code.', lines: ['npm ERR! missing script'] };
  await rig.finishBuild(buildOf(2), ended('BuildCommandFailed', { failure }));
  const failed = await rig.until('web', isReason('BuildCommandFailed'));
  await rig.annotate('web', { 'vish.dev/retry': buildOf(2) });
  await rig.until('web', isReason('BuildQueued'));
  await rig.finishBuild(buildOf(2), built(2));
  await rig.until('web', isLive(2));

  expect(condition(failed, 'Built')).toMatchObject({ status: 'False', message: expect.stringContaining('npm ERR!') });
  expect(condition(failed, 'Available')?.status).toBe('True');
  expect(failed.status).toMatchObject({ state: 'Degraded', live: { release: 1 } });
});

it('gives up the build of a commit that is not the newest any more', async () => {
  rig.world.head = commitOf(3);
  await rig.until('web', ({ status }) => status?.build === buildOf(3));
  rig.world.head = commitOf(4);
  await rig.until('web', ({ status }) => status?.build === buildOf(4));
  const old = await rig.client.get(builds, { namespace: rig.namespace, name: buildOf(3) });
  await rig.finishBuild(buildOf(4), built(4));
  const live = await rig.until('web', isLive(3));

  expect(old.metadata.annotations).toMatchObject({ 'vish.dev/superseded-by': buildOf(4) });
  expect(live.status?.history?.[0]?.commit).toBe(commitOf(4));
});

it('makes a cancelled build again when its commit is wanted after all', async () => {
  await rig.finishBuild(buildOf(3), ended('BuildCancelled'));
  rig.world.head = commitOf(3);
  await rig.until('web', ({ status }) => status?.build === buildOf(3));
  await rig.until('web', isReason('BuildQueued'));
  await rig.finishBuild(buildOf(3), built(3));

  expect((await rig.until('web', isLive(4))).status?.history?.[0]?.commit).toBe(commitOf(3));
});

it('vouches for the Build that it needs, and refuses the image of one that was built before', async () => {
  const key = { namespace: rig.namespace, name: buildOf(5) };
  const ours = await rig.client.get(builds, { ...key, name: buildOf(3) });
  const byHand = { ...buildBase, metadata: key, spec: { projectRef: { name: 'shop' }, commit: commitOf(5) } };
  await rig.client.create(builds, byHand);
  await rig.finishBuild(buildOf(5), built(5, 'Untrusted'));
  rig.world.head = commitOf(5);
  const refused = await rig.until('web', isReason('UntrustedImage'));
  await rig.client.delete(builds, key);
  await rig.until('web', isReason('BuildQueued'));
  const again = await rig.client.get(builds, key);

  expect([ours.status?.trust, again.status?.trust]).toEqual(['Trusted', 'Trusted']);
  expect(refused.status?.live?.release).toBe(4);
  expect(condition(refused, 'Stalled')?.status).toBe('True');
  expect(condition(refused, 'Ready')?.message).toContain(`Delete Build ${buildOf(5)}`);
});

it('shows the commit that waits, and builds nothing, while it is suspended', async () => {
  await rig.patch('web', { suspend: true });
  rig.world.head = commitOf(6);
  const held = await rig.until(
    'web',
    (deployment) => isReason('Held')(deployment) && deployment.status?.heldCommit === commitOf(6),
  );
  const gone = await rig.client
    .get(builds, { namespace: rig.namespace, name: buildOf(6) })
    .catch((error: unknown) => error);
  await rig.patch('web', { suspend: false });
  await rig.until('web', ({ status }) => status?.build === buildOf(6));
  await rig.finishBuild(buildOf(6), built(6));

  expect(held.status?.live?.release).toBe(4);
  expect(isKubeError(gone, 'NotFound')).toBe(true);
  expect((await rig.until('web', isLive(5))).status?.heldCommit).toBeUndefined();
});

it('goes on with the last known commit while the host is down, and says so', async () => {
  const error = { reason: 'SourceUnreachable', message: 'git.example.com does not answer' } as const;
  rig.world.look = { known: { commit: commitOf(6), repositoryId: 'r' }, error, nextLookMs: 100 };
  const down = await rig.until('web', (deployment) => condition(deployment, 'Synced')?.status === 'False');
  rig.world.look = undefined;
  await rig.until('web', (deployment) => condition(deployment, 'Synced') === undefined);

  expect(condition(down, 'Ready')?.reason).toBe('ReleaseLive');
});

it('lets one Deployment stand for a service in an environment', async () => {
  await rig.apply('second', spec);
  const taken = await rig.until('second', isReason('EnvironmentTaken'));
  await rig.apply('elsewhere', { ...spec, environment: 'mars' });
  const nowhere = await rig.until('elsewhere', isReason('EnvironmentNotFound'));
  await rig.apply('other', { ...spec, service: 'worker' });
  const unknown = await rig.until('other', isReason('ServiceNotFound'));

  expect(condition(taken, 'Ready')?.message).toContain('"web"');
  expect(condition(nowhere, 'Ready')?.message).toContain('eu');
  expect(condition(unknown, 'Ready')?.message).toContain('"shop"');
});
