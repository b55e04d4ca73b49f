import { expect, it } from 'vitest';
import { aRelease, aTargetOn, type EcsRig, makeEcsRig, place } from '../../../test/support/aws/rig.ts';
import type { Call, Fault } from '../../../test/support/aws/wire.ts';
import { fc } from '../../../test/support/properties.ts';
import { intentFor } from '../contract/drive.ts';
import { type Intent, type Target, TargetError } from '../target.ts';

/** Up, forward, larger, back, and a release that cannot serve; then the first one leaves the history. */
async function story(rig: EcsRig): Promise<unknown[]> {
  const [first, second, third] = [await rig.makeRelease(1), await rig.makeRelease(2), await rig.makeRelease(3)];
  const operator = new Operator(rig);
  await operator.to(intentFor(first));
  await operator.to(intentFor(second, { from: first }));
  await operator.to(intentFor(second, { others: [first], replicas: 3 }));
  const failed = await operator.to(intentFor(third, { from: second, others: [first], replicas: 3 }));
  const back = await operator.to(intentFor(second, { others: [first, third], replicas: 3 }));
  await operator.until((target, memory) => target.forget(rig.scope(memory), [first]));
  const { foreign: _, ...there } = await rig.inventory();
  const definitions = rig.aws.ecs.state.definitions.filter(({ active }) => active).length;
  const services = rig.aws.ecs.state.services.length;
  await operator.until((target, memory) => target.remove(rig.scope(memory)));
  return [failed, back, there, { definitions, services }, await rig.inventory()];
}

/** As the controller: again with a new instance after whatever was thrown, which also loses what was kept. */
class Operator {
  private readonly rig: EcsRig;
  private memory: unknown;

  constructor(rig: EcsRig) {
    this.rig = rig;
  }

  async to(intent: Intent): Promise<string> {
    for (let count = 0; count < 200; count++) {
      const outcome = await this.attempt(async (target) => {
        await this.keep(target.prepare(this.rig.scope(this.memory), intent));
        await this.keep(target.advance(this.rig.scope(this.memory), intent));
        return (await this.keep(target.observe(this.rig.scope(this.memory), intent))).outcome;
      });
      if (outcome !== undefined && !['Running', 'Unknown'].includes(outcome)) return outcome;
      await this.rig.settle();
    }
    throw new Error('no end');
  }

  async until(work: (target: Target, memory: unknown) => Promise<{ done: boolean }>): Promise<void> {
    for (let count = 0; count < 200; count++) {
      const step = await this.attempt((target) => work(target, this.memory));
      if (step?.done === true) return;
      await this.rig.settle();
    }
    throw new Error('no end');
  }

  private async keep<T extends { memory?: unknown }>(work: Promise<T>): Promise<T> {
    const result = await work;
    if (result.memory !== undefined) this.memory = JSON.parse(JSON.stringify(result.memory));
    return result;
  }

  /** Every failure must be one that a condition can carry. */
  private async attempt<T>(work: (target: Target) => Promise<T>): Promise<T | undefined> {
    try {
      return await work(this.rig.newTarget());
    } catch (error) {
      if (!(error instanceof TargetError)) throw error;
      this.memory = undefined;
      return undefined;
    }
  }
}

async function clean(): Promise<{ end: unknown[]; calls: number }> {
  const rig = await broken();
  const end = await story(rig);
  expect(end.slice(0, 2)).toEqual(['Failed', 'Succeeded']);
  return { end, calls: rig.aws.wire.calls.length };
}

async function broken(): Promise<EcsRig> {
  const rig = await makeEcsRig();
  await rig.breakRelease(3);
  return rig;
}

/** A right that is missing for ever is another story: what it protects stays. */
function onCall(kind: Fault | undefined, { operation }: Call): Fault | undefined {
  return kind === 'denied' && operation === 'ECS.DeregisterTaskDefinition' ? 'throttled' : kind;
}

const kinds: readonly Fault[] = ['throttled', 'broken', 'lost', 'refused', 'expired', 'denied'];

it('ends the same when any one call fails in any way, and the operator dies with it', {
  timeout: 300_000,
}, async () => {
  const { end, calls } = await clean();

  for (let number = 1; number <= calls; number++) {
    const rig = await broken();
    const kind = kinds[number % kinds.length] ?? 'lost';
    rig.aws.wire.fault = (call) => (call.number === number ? onCall(kind, call) : undefined);

    expect(await story(rig), `call ${number} ${kind}`).toEqual(end);
  }
  expect(calls).toBeGreaterThan(60);
});

it('ends the same when the answer to any one write is lost', { timeout: 300_000 }, async () => {
  const { end } = await clean();
  const writes = /(Create|Update|Delete|Register|Deregister)/u;
  const lose = async (at: number) => {
    const rig = await broken();
    let seen = 0;
    rig.aws.wire.fault = ({ operation }) => (writes.test(operation) && ++seen === at ? 'lost' : undefined);
    return { end: await story(rig), seen };
  };

  for (let at = 1, total = 1; at <= total; at++) {
    const lost = await lose(at);
    total = lost.seen;
    expect(lost.end, `write ${at}`).toEqual(end);
  }
});

it('ends the same under any mixture of failures and stale reads', { timeout: 300_000 }, async () => {
  const { end } = await clean();
  const fault = fc.option(fc.constantFrom(...kinds), { freq: 3, nil: undefined });
  const plan = { faults: fc.array(fault, { minLength: 5, maxLength: 40 }), stale: fc.integer({ min: 0, max: 3 }) };

  await fc.assert(
    fc.asyncProperty(fc.record(plan), async ({ faults, stale }) => {
      const rig = await broken();
      rig.aws.ecs.staleReads = stale;
      // Ends at some time: an operator that never gets an answer never gets anywhere.
      rig.aws.wire.fault = (call) =>
        call.number < 150 ? onCall(faults[call.number % faults.length], call) : undefined;

      expect(await story(rig)).toEqual(end);
    }),
    { numRuns: 15, endOnFailure: true },
  );
});

it('makes nothing twice when the SDK repeats by itself a call whose answer was lost', async () => {
  const rig = await makeEcsRig();
  const { ecs, wire } = rig.aws;
  const target = aTargetOn(rig.aws.url, async () => undefined, place, 3);
  const intent = intentFor(aRelease(target, 1));
  const lost = new Set<string>();
  wire.fault = ({ operation }) => {
    if (lost.has(operation) || !/Create|Register/u.test(operation)) return undefined;
    lost.add(operation);
    return 'lost';
  };

  await expect(target.prepare(rig.scope(undefined), intent)).rejects.toMatchObject({ reason: 'TargetUnreachable' });
  await target.prepare(rig.scope(undefined), intent);
  await target.advance(rig.scope(undefined), intent);

  expect([...lost]).toEqual(['ECR.CreateRepository', 'ECS.RegisterTaskDefinition', 'ECS.CreateService']);
  expect(ecs.state.definitions).toHaveLength(1);
  expect(ecs.state.services.map(({ attempts }) => attempts.length)).toEqual([1]);
});

it('forgets and removes all but task definitions when the role may not deregister them, and says so', async () => {
  const rig = await makeEcsRig();
  const operator = new Operator(rig);
  const [first, second] = [await rig.makeRelease(1), await rig.makeRelease(2)];
  await operator.to(intentFor(first));
  await operator.to(intentFor(second, { from: first }));
  rig.aws.wire.fault = ({ operation }) => (operation === 'ECS.DeregisterTaskDefinition' ? 'denied' : undefined);

  const step = await rig.newTarget().forget(rig.scope(undefined), [first]);
  await operator.until((target, memory) => target.remove(rig.scope(memory)));

  expect(step).toMatchObject({ done: true, message: expect.stringContaining('ecs:DeregisterTaskDefinition') });
  const { releases, running, objects } = await rig.inventory();
  expect({ releases, running, objects }).toEqual({
    releases: [1, 2],
    running: {},
    objects: { services: [], repositories: [] },
  });
});
