import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { MemoryClient } from '../../../test/support/memory-client.ts';
import { readmeExample } from '../../../test/support/readme-example.ts';
import { recordingLogger } from '../../../test/support/recording-logger.ts';
import { leaseSpec } from '../../../test/support/replica.ts';
import { ManualClock } from '../../seams/manual-clock.ts';
import { systemRandom } from '../../seams/system.ts';
import { Elector } from './elector.ts';
import { LeaderMetrics } from './metrics.ts';

it('the example of the README leads, and gives the lease back', async () => {
  const clock = new ManualClock();
  const client = new MemoryClient();
  const registry = new Registry();
  const logger = recordingLogger();
  const happened: string[] = [];

  // README
  const elector = new Elector({
    client,
    clock,
    logger,
    random: systemRandom,
    metrics: new LeaderMetrics(registry),
    lease: { namespace: 'kube-system', name: 'vish' },
    identity: 'vish-7d4f-x2x9k_4f0c', // pod name and a random part
    onStarted: () => happened.push('start controllers'),
    onLost: () => happened.push('exit the process'),
  });
  const stop = new AbortController();
  const ended = elector.run(stop.signal);
  // ... later, when all work that needs the lease has ended:
  await clock.advance(60_000);
  stop.abort();
  await ended;
  // end of README

  expect(happened).toEqual(['start controllers']);
  expect((await leaseSpec(client)).holderIdentity).toBe('');
});

it('the README shows the code that ran', async () => {
  const { readme, tested } = await readmeExample(import.meta.url);

  expect(readme).not.toBe('');
  expect(readme).toBe(tested);
});
