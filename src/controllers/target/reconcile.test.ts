import { expect, it } from 'vitest';
import { aTarget } from '../../../test/support/aws/objects.ts';
import { MemoryClient } from '../../../test/support/memory-client.ts';
import { recordingLogger } from '../../../test/support/recording-logger.ts';
import type { Target } from '../../crds/target/target.ts';
import { StatusWriter, type Stored } from '../../kube/index.ts';
import { targets } from '../../objects/vish.ts';
import { ManualClock } from '../../seams/manual-clock.ts';
import { TargetError } from '../../targets/target.ts';
import { ownedConditions, reconcileTarget, type TargetParts } from './reconcile.ts';

const signal = new AbortController().signal;

async function world(check: TargetParts['check']) {
  const client = new MemoryClient();
  const clock = new ManualClock();
  await client.create(targets, aTarget());
  const status = new StatusWriter<Target>({ client, clock, resource: targets, fieldManager: 'test', ownedConditions });
  const key = { namespace: 'shop', name: 'frankfurt' };
  const read = () => client.get(targets, key);
  const run = async () => {
    const found: Stored<Target> = await read();
    const store = { get: () => found } as unknown as TargetParts['targets']['store'];
    const parts = { client, targets: { store }, usersOf: () => [], status, check, clock, random: { next: () => 0 } };
    return reconcileTarget(parts, 'shop/frankfurt', { signal, log: recordingLogger() });
  };
  return { client, clock, read, run };
}

it('asks nobody while what it found is fresh, also after a restart', async () => {
  let asked = 0;
  const { client, clock, run } = await world(async () => {
    asked++;
    return { accountId: '123456789012' };
  });
  expect(await run()).toEqual({ requeueAfterMs: 600_000 });
  await clock.advance(60_000);
  client.requests.length = 0;

  expect(await run()).toEqual({ requeueAfterMs: 540_000 });

  expect(asked).toBe(1);
  expect(client.requests.filter((request) => request.startsWith('patch'))).toEqual([]);
});

it('keeps the account and the time of the last success when it is refused later', async () => {
  let refuse = false;
  const { clock, read, run } = await world(async () => {
    if (refuse) throw new TargetError('TargetForbidden', 'AWS refused sts:AssumeRole.');
    return { accountId: '123456789012' };
  });
  await run();
  const before = await read();
  refuse = true;
  await clock.advance(601_000);

  expect(await run()).toEqual({ requeueAfterMs: 120_000 });

  const { status } = await read();
  expect(status).toMatchObject({ ecs: { accountId: '123456789012' }, checkedAt: before.status?.checkedAt });
  expect(status?.conditions?.map(({ type }) => type)).toEqual(['Ready', 'Stalled']);
});

it('lets through what is no answer of the place: a fault of ours is not an outage of theirs', async () => {
  const { run } = await world(() => Promise.reject(new TypeError('x is not a function')));

  await expect(run()).rejects.toThrow(TypeError);
});
