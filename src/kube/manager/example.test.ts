import { EventEmitter } from 'node:events';
import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { MemoryClient } from '../../../test/support/memory-client.ts';
import { readmeExample } from '../../../test/support/readme-example.ts';
import { aManager } from '../../../test/support/runnables.ts';
import { systemRandom as random } from '../../seams/system.ts';
import { Elector } from '../leader/elector.ts';
import { LeaderMetrics } from '../leader/metrics.ts';
import { Manager } from './manager.ts';
import { runProcess } from './process.ts';

it('the example of the README runs and ends with 0', async () => {
  const { clock, logger, diary, runnable } = aManager();
  const client = new MemoryClient();
  const exits: number[] = [];
  const process = Object.assign(new EventEmitter(), { exit: (code: number) => void exits.push(code) });
  const metrics = new LeaderMetrics(new Registry());
  const [probes, informers, buildController] = [
    runnable('probes'),
    runnable('informers', { readyMs: 10 }),
    runnable('build', { needsLeadership: true }),
  ];

  // README
  const lease = { namespace: 'vish-system', name: 'vish' };
  const identity = 'vish-7d4f-x2x9k_4f0c';
  const manager = new Manager({
    clock,
    logger,
    elect: (events) => new Elector({ ...events, client, clock, random, logger, metrics, lease, identity }),
  });
  manager.addServer(probes);
  manager.addCache(informers);
  manager.addRunnable(buildController);

  const ended = runProcess(manager, { process, logger });
  // end of README

  await clock.advance(1000);
  process.emit('SIGTERM', 'SIGTERM');
  await clock.advance(0);
  await ended;
  expect(diary).toContain('build ended');
  expect(exits).toEqual([0]);
});

it('the README shows the code that ran', async () => {
  const { readme, tested } = await readmeExample(import.meta.url);

  expect(readme).not.toBe('');
  expect(readme).toBe(tested);
});
