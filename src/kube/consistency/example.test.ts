import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { readmeExample } from '../../../test/support/readme-example.ts';
import { silentLogger, things as thing } from '../../../test/support/scripted-api/rig.ts';
import { ScriptedApi } from '../../../test/support/scripted-api/scripted-api.ts';
import { ManualClock } from '../../seams/manual-clock.ts';
import { InformerCache } from '../informer/informer-cache.ts';
import { ConsistencyMetrics } from './metrics.ts';
import { WrittenVersions } from './written-versions.ts';

it('the example of the README holds the key back until the informer has the write', async () => {
  const transport = new ScriptedApi();
  const clock = new ManualClock();
  const registry = new Registry();
  const cache = new InformerCache({ transport, clock, random: { next: () => 0 }, logger: silentLogger });
  const stopping = new AbortController();
  const owners = { store: new Map([['shop/web', { metadata: { uid: 'uid-of-web' } }]]) };
  cache.informer(thing);
  const running = cache.run(stopping.signal);
  await clock.advance(0);
  const created = transport.history.put('web-1', 1);
  const caughtUp = () => {
    transport.endWatches();
    return clock.advance(10_000);
  };

  // README
  const written = new WrittenVersions({
    controller: 'web',
    clock,
    metrics: new ConsistencyMetrics(registry),
    informersOf: (resource, namespace) => cache.informersOf(resource, namespace),
    ownerUid: (key) => owners.store.get(key)?.metadata.uid,
  });

  written.wrote({ key: 'shop/web', uid: 'uid-of-web' }, thing, created);
  const before = written.ready('shop/web');
  await caughtUp();
  const after = written.ready('shop/web');
  // end of README

  expect([before, after]).toEqual([{ retryAfterMs: 50 }, true]);
  stopping.abort();
  await running;
});

it('the README shows the code that ran', async () => {
  const { readme, tested } = await readmeExample(import.meta.url);

  expect(readme).not.toBe('');
  expect(readme).toBe(tested);
});
