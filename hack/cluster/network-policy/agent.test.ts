import { expect, it, onTestFinished } from 'vitest';
import { ManualClock } from '../../../src/seams/manual-clock.ts';
import { ManualInformer } from '../../../test/support/manual-informer.ts';
import { silentLogger } from '../../../test/support/scripted-api/rig.ts';
import { Agent, type AgentOptions } from './agent.ts';
import { ruleScript } from './render.ts';
import { podObject } from './testing/cast.ts';

const isolate = { metadata: { namespace: 'shop', name: 'deny' }, spec: { podSelector: {} } };
const pod = Object.assign(podObject('shop/web'), { status: { podIP: '10.244.0.7' } });

it('enforces nothing before it has seen everything, then what is there', async () => {
  const { enforced, clock, fill } = start({ networkpolicies: [isolate], pods: [pod] });
  await clock.advance(1000);
  expect(enforced).toEqual([]);

  fill();
  await clock.advance(0);

  expect(enforced).toEqual([expect.stringContaining('-A VISH-NP-IN -j DROP')]);
});

it('takes the changes of a burst together, and does nothing for a change that changes no rule', async () => {
  const { agent, objects, enforced, clock, fill, change } = start({ pods: [pod] });
  fill();
  await clock.advance(1000);
  for (const policy of [isolate, { ...isolate, spec: { podSelector: {}, ingress: [{}] } }]) {
    objects['networkpolicies'] = [policy];
    change();
  }
  await clock.advance(1000);
  change();
  await clock.advance(1000);

  expect(enforced).toHaveLength(2);
  expect(agent.problem).toBeUndefined();
});

it('says why it could not enforce, tries again, and mends from time to time what others did to the rules', async () => {
  const failures = ['no such set'];
  const { agent, enforced, clock, fill } = start({}, failures);
  expect(agent.problem).toBe('nothing is enforced yet');
  fill();
  await clock.advance(0);
  expect([agent.problem, enforced.length]).toEqual(['no such set', 0]);

  await clock.advance(1000);
  expect([agent.problem, enforced.length]).toEqual([undefined, 1]);
  await clock.advance(20_000);

  expect(enforced).toHaveLength(2);
});

function start(objects: Record<string, object[]>, failures: string[] = []) {
  const clock = new ManualClock();
  const manual = new ManualInformer();
  const enforced: string[] = [];
  const informer: AgentOptions['informers']['informer'] = (resource) => {
    const { store, ...rest } = manual.informer;
    return { ...rest, store: { ...store, list: () => objects[resource.plural] ?? [] } } as never;
  };
  const agent = new Agent({
    informers: { informer, waitForSync: (signal) => manual.informer.waitForSync(signal) },
    clock,
    logger: silentLogger,
    enforce: (ruleset) => {
      const failure = failures.shift();
      if (failure !== undefined) return Promise.reject(new Error(failure));
      enforced.push(ruleScript(ruleset));
      return Promise.resolve();
    },
  });
  const stopping = new AbortController();
  const running = agent.run(stopping.signal);
  onTestFinished(async () => {
    stopping.abort();
    await running;
    expect(clock.pending).toBe(0);
  });
  const change = () => manual.each((handler) => handler.onDelete(pod as never));
  return { agent, objects, enforced, clock, fill: () => manual.fill(), change };
}
