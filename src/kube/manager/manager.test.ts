import { expect, it } from 'vitest';
import { MemoryClient } from '../../../test/support/memory-client.ts';
import { aReplica, leaseSpec } from '../../../test/support/replica.ts';
import { aManager } from '../../../test/support/runnables.ts';
import { LeaseLost } from '../leader/elector.ts';
import type { Runnable } from './runnable.ts';

const stateOf = async (run: Promise<void>) => {
  const done = run.then(
    () => 'ended',
    (error: Error) => `failed: ${error.message}`,
  );
  await new Promise((resolve) => setImmediate(resolve));
  return Promise.race([done, Promise.resolve('running')]);
};

const failureOf = (run: Promise<void>) =>
  run.then(
    () => undefined,
    (error: unknown) => error,
  );

/** An election that the test decides. */
function anElection() {
  const events: { onStarted: () => void; onLost: (error: LeaseLost) => void }[] = [];
  const diary: string[] = [];
  const elect = (given: (typeof events)[number]) => {
    events.push(given);
    return {
      run: async (signal: AbortSignal) => {
        diary.push('campaigns');
        await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
        diary.push('lease given back');
      },
    };
  };
  const win = () => events[0]?.onStarted();
  const lose = () => events[0]?.onLost(new LeaseLost('keep lease: lost'));
  return { elect, diary, win, lose };
}

it('starts servers, caches, others, and then what needs the lease; stops them in reverse', async () => {
  const { clock, diary, manager, runnable } = aManager();
  manager.addRunnable(runnable('controller', { needsLeadership: true }));
  manager.addRunnable(runnable('sweep'));
  manager.addCache(runnable('informers', { readyMs: 50 }));
  manager.addServer(runnable('health', { readyMs: 10 }));

  const run = manager.run();
  await clock.advance(100);
  manager.stop();
  await clock.advance(0);
  await run;

  expect(diary).toEqual([
    'health starts',
    'health ready',
    'informers starts',
    'informers ready',
    'sweep starts',
    'controller starts',
    ...['controller', 'sweep', 'informers', 'health'].flatMap((name) => [`${name} stops`, `${name} ended`]),
  ]);
  expect(clock.pending).toBe(0);
});

it('fills caches and warms up on a standby, and starts no controller there', async () => {
  const election = anElection();
  const { clock, diary, manager, runnable } = aManager({ elect: election.elect });
  manager.addCache(runnable('informers', { readyMs: 10 }));
  manager.addRunnable(runnable('controller', { needsLeadership: true, readyMs: 20 }));

  const run = manager.run();
  await clock.advance(60_000);
  const onStandby = [...diary];
  election.win();
  await clock.advance(0);
  manager.stop();
  await clock.advance(0);
  await run;

  expect(onStandby).toEqual(['informers starts', 'informers ready', 'controller ready']);
  expect(diary).toContain('controller starts');
});

it('a standby stops without ever starting its controllers', async () => {
  const election = anElection();
  const { clock, diary, manager, runnable } = aManager({ elect: election.elect });
  manager.addRunnable(runnable('controller', { needsLeadership: true }));
  const run = manager.run();
  await clock.advance(0);

  manager.stop();
  await clock.advance(0);
  await run;

  expect(diary).toEqual([]);
  expect(election.diary).toEqual(['campaigns', 'lease given back']);
});

it('gives the lease back when the work under it has ended, before it waits for the rest', async () => {
  const client = new MemoryClient();
  const holders: string[] = [];
  const { clock, manager, runnable } = aManager({
    elect: ({ onStarted }) => {
      const replica = aReplica({ identity: 'a', client, clock });
      return { run: (signal) => (signal.addEventListener('abort', replica.stop), poll(replica, onStarted)) };
    },
  });
  const poll = async (replica: ReturnType<typeof aReplica>, onStarted: () => void) => {
    const ended = replica.start();
    clock.setTimeout(onStarted, 1);
    await ended;
  };
  manager.addRunnable(runnable('controller', { needsLeadership: true, endMs: 5000 }));
  manager.addRunnable(runnable('sweep', { endMs: 5000 }));
  const run = manager.run();
  await clock.advance(100);

  manager.stop();
  for (const ms of [4900, 200]) {
    await clock.advance(ms);
    holders.push((await leaseSpec(client)).holderIdentity ?? '');
  }
  await clock.advance(10_000);
  await run;

  expect(holders).toEqual(['a', '']);
});

it('keeps the lease when work under it does not end: it may still write', async () => {
  const election = anElection();
  const { clock, manager, runnable } = aManager({ elect: election.elect });
  manager.addRunnable(runnable('controller', { needsLeadership: true, endMs: 60_000 }));
  const run = manager.run();
  await clock.advance(0);
  election.win();
  await clock.advance(0);

  manager.stop();
  const failure = failureOf(run);
  await clock.advance(30_000);

  expect(await failure).toMatchObject({
    message: expect.stringContaining('stop the manager: "controller" still ran after 30000 ms'),
  });

  expect(election.diary).toEqual(['campaigns']);
});

it('fails at once and waits for nothing when the lease is lost', async () => {
  const election = anElection();
  const { clock, diary, manager, runnable } = aManager({ elect: election.elect });
  manager.addRunnable(runnable('controller', { needsLeadership: true, endMs: 60_000 }));
  const run = manager.run();
  await clock.advance(0);
  election.win();
  await clock.advance(0);

  const failure = failureOf(run);
  election.lose();

  expect(await failure).toBeInstanceOf(LeaseLost);

  expect(diary).toEqual(['controller starts', 'controller stops']);
  expect(manager.running).toBe(false);
});

it('gives all stages together 30 seconds, and names what still runs', async () => {
  const { clock, diary, manager, runnable } = aManager();
  manager.addServer(runnable('health'));
  manager.addRunnable(runnable('slow', { endMs: 100_000 }));
  const run = manager.run();
  await clock.advance(0);

  manager.stop();
  const failure = failureOf(run);
  await clock.advance(30_000);

  expect(await failure).toMatchObject({ message: expect.stringContaining('"slow" still ran after 30000 ms') });

  expect(diary).toContain('health stops');
});

it('stops everything when one fails, and says which', async () => {
  const { clock, diary, manager, runnable } = aManager();
  const bad: Runnable = { name: 'bad', needsLeadership: false, start: () => Promise.reject(new Error('broken')) };
  manager.addServer(runnable('health'));
  manager.addRunnable(bad);

  const run = manager.run();
  const failure = failureOf(run);
  await clock.advance(0);

  expect(await failure).toMatchObject({ message: 'run "bad": it failed', cause: new Error('broken') });

  expect(diary).toEqual(['health starts', 'health stops', 'health ended']);
});

it('fails when a cache is not ready within two minutes, and names it', async () => {
  const { clock, manager, runnable } = aManager();
  manager.addCache(runnable('pods', { readyMs: 1_000_000 }));
  manager.addCache(runnable('leases', { readyMs: 1 }));

  const failure = failureOf(manager.run());
  await clock.advance(120_000);

  expect(await failure).toMatchObject({ message: expect.stringContaining('start "pods": not ready') });
});

it('stops while it is still starting, and starts nothing more', async () => {
  const { clock, diary, manager, runnable } = aManager();
  manager.addCache(runnable('pods', { readyMs: 60_000 }));
  manager.addRunnable(runnable('sweep'));
  const run = manager.run();
  await clock.advance(1000);

  manager.stop();
  await clock.advance(0);
  await run;

  expect(diary).toEqual(['pods starts', 'pods stops', 'pods ended']);
});

it('logs what fails after the end began, and still ends well', async () => {
  const { clock, logger, manager } = aManager();
  const start = (signal: AbortSignal) =>
    new Promise<void>((_, reject) => signal.addEventListener('abort', () => reject(new Error('cut off'))));
  manager.addRunnable({ name: 'watch', needsLeadership: false, start });
  const run = manager.run();
  await clock.advance(0);

  manager.stop();
  await run;

  expect(logger.lines).toContainEqual(expect.objectContaining({ message: 'failed while stopping' }));
});

it('goes on when a runnable has nothing left to do', async () => {
  const { clock, manager } = aManager();
  manager.addRunnable({ name: 'once', needsLeadership: false, start: async () => undefined });

  const run = manager.run();
  await clock.advance(1000);

  expect(await stateOf(run)).toBe('running');
  manager.stop();
  await run;
});

it('refuses a second stop, a second run, and additions while it runs', async () => {
  const { clock, manager, runnable } = aManager();
  const run = manager.run();
  await clock.advance(0);
  manager.stop();

  expect(() => manager.stop()).toThrow('stop the manager: it is stopping');
  expect(() => manager.addServer(runnable('late'))).toThrow('Add it before run');
  await expect(manager.run()).rejects.toThrow('it ran already');
  await run;
});
