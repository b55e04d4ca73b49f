import { expect, it } from 'vitest';
import { aDeployment, aRelease } from '../../../../test/support/cluster-place/builders.ts';
import type { DeploymentStatus } from '../../../crds/deployment/status.ts';
import { type HandOver, type HandOverResult, type Target, TargetError } from '../../../targets/target.ts';
import type { Look } from '../look.ts';
import type { Parts } from '../parts.ts';
import type { Wish } from '../wish/wish.ts';
import { askHandOver } from './ask.ts';
import { carryOut, settle } from './carry-out.ts';

const now = new Date('2026-01-01T12:00:00Z');
const at = '2026-01-01T12:00:00Z';
const live = { release: 1, weight: 100, replicas: 2, ready: 2 };
const to = { deployment: 'old', replicaSet: 'web-1' };
const begun = { ...to, startedAt: at };
const asked = [{ action: 'HandOver' as const, value: 'deployment/old', recordedAt: at }];

function aLook(status: DeploymentStatus, time = now): Look {
  const deployment = { ...aDeployment(), status };
  return { deployment, releases: [aRelease()], now: time } as unknown as Look;
}

function aTarget(result: HandOverResult | TargetError = 'Done', check: HandOver['check'] = () => Promise.resolve(to)) {
  const answer = () => (result instanceof TargetError ? Promise.reject(result) : Promise.resolve(result));
  return { handOver: { check, carryOut: answer } } as unknown as Target;
}

function parts() {
  const writes: Partial<DeploymentStatus>[] = [];
  const writeStatus = ({ deployment }: Look, fields: Partial<DeploymentStatus>) => {
    writes.push(fields);
    return Promise.resolve(deployment);
  };
  return { writes, parts: { writeStatus, measurer: { forget: () => undefined } } as unknown as Parts };
}

async function ask(status: DeploymentStatus, target = aTarget()) {
  const wish: Wish = {};
  const error = await askHandOver(aLook(status), target, wish).catch((thrown: unknown) => thrown);
  return { wish, error };
}

it('has nothing to say while nobody asks for it', async () => {
  const refused = [{ ...asked[0], refused: 'No.' }] as DeploymentStatus['actions'];
  const withdrawn = [{ ...asked[0], clearedAt: at }] as DeploymentStatus['actions'];

  for (const actions of [undefined, refused, withdrawn]) {
    expect(await ask({ live, actions })).toEqual({ wish: {}, error: undefined });
  }
});

it('notes that it begins, and stops the way to a new release', async () => {
  const { wish, error } = await ask({ live, actions: asked });

  expect(wish.handOver).toEqual(begun);
  expect(error).toMatchObject({ reason: 'HandingOver' });
});

it('begins nothing while a rollout is under way, or something is in the way', async () => {
  const blocking = () => Promise.reject(new TargetError('HandOverBlocked', 'Deployment.apps old exists'));
  const rolling = await ask({ live, actions: asked, rollout: {} as never });
  const blocked = await ask({ live, actions: asked }, aTarget('Done', blocking));

  expect(rolling).toMatchObject({ wish: {}, error: { reason: 'HandingOver' } });
  expect(blocked).toMatchObject({
    wish: {},
    error: { reason: 'HandOverBlocked', message: 'Deployment.apps old exists' },
  });
});

it.each<[string, HandOverResult, Partial<DeploymentStatus>[]]>([
  ['waits without a word', 'Wait', []],
  ['runs the release itself again when all of it is lost', 'Lost', [{ handOver: undefined }]],
])('%s', async (_, result, writes) => {
  const server = parts();
  const look = await carryOut(server.parts, aLook({ live, handOver: begun }), begun, {
    target: aTarget(result),
    outside: false,
  });

  expect(server.writes).toEqual(writes);
  expect(look.requeueAfterMs).toBeGreaterThan(0);
});

it('says so when apps/v1 does not take it, and goes on to ask', async () => {
  const server = parts();
  const late = aLook({ live, handOver: begun }, new Date('2026-01-01T12:02:00Z'));
  const look = await carryOut(server.parts, late, begun, { target: aTarget('Wait'), outside: false });

  expect(server.writes).toMatchObject([
    { conditions: expect.arrayContaining([expect.objectContaining({ type: 'Stalled', reason: 'HandOverBlocked' })]) },
  ]);
  expect(look.requeueAfterMs).toBeGreaterThan(0);
});

it('ends in a state of its own that stays the same, in which nothing serves by us', async () => {
  const server = parts();
  const look = aLook({ live, handOver: begun });
  const result = await carryOut(server.parts, look, begun, { target: aTarget(), outside: false });
  const [ended = {}] = server.writes;
  const later = aLook({ ...look.deployment.status, ...ended }, new Date('2026-01-02T00:00:00Z'));
  await settle(server.parts, later, { ...begun, finishedAt: at });

  expect(ended).toMatchObject({ state: 'HandedOver', handOver: { ...begun, finishedAt: at }, replicas: 0 });
  expect(ended.live).toBeUndefined();
  expect(ended.conditions).toMatchObject([{ type: 'Ready', status: 'True', reason: 'HandedOver' }]);
  expect(server.writes[1]).toEqual(ended);
  expect(result.requeueAfterMs).toBeUndefined();
});
