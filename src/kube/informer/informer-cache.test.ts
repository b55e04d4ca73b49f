import { Registry } from 'prom-client';
import { expect, it, onTestFinished } from 'vitest';
import { FoldingHandler, silentLogger, things } from '../../../test/support/scripted-api/rig.ts';
import { ScriptedApi } from '../../../test/support/scripted-api/scripted-api.ts';
import { ManualClock } from '../../seams/manual-clock.ts';
import { InformerCache } from './informer-cache.ts';
import { registerInformerMetrics } from './metrics.ts';

it('gives everyone the same informer of a kind and scope, and asks the server once', async () => {
  const { api, cache, clock, start } = setup();
  const first = cache.informer(things);
  const handlers = [new FoldingHandler(), new FoldingHandler()];
  first.addHandler(handlers[0] ?? new FoldingHandler());

  expect(cache.informer(things, {})).toBe(first);
  cache.informer(things).addHandler(handlers[1] ?? new FoldingHandler());
  api.put('a', 1);
  start();
  await clock.advance(0);

  expect(handlers.map(({ log }) => log)).toEqual([['add a=1 initial'], ['add a=1 initial']]);
  expect(api.seen).toHaveLength(1);
});

it('keeps other scopes and metadata alone apart', () => {
  const { cache } = setup();
  const all = [
    cache.informer(things),
    cache.informer(things, { namespace: 'shop' }),
    cache.informer(things, { labelSelector: 'a=b' }),
    cache.metadataInformer(things),
  ];

  expect(new Set(all).size).toBe(4);
  const [everywhere, inShop, selected, metadata] = all;
  expect(cache.informersOf(things, 'shop')).toEqual([everywhere, inShop, selected, metadata]);
  expect(cache.informersOf(things, 'other')).toEqual([everywhere, selected, metadata]);
  expect(cache.informersOf({ group: '', plural: 'things' }, 'shop')).toEqual([]);
});

it('refuses a second transform for the same objects', () => {
  const { cache } = setup();
  const transform = <T>(object: T) => object;
  cache.informer(things, { transform });

  expect(cache.informer(things, { transform })).toBe(cache.informer(things));
  expect(() => cache.informer(things, { transform: (object) => object })).toThrow('Name the same one everywhere');
});

it('starts an informer that is asked for while it runs, and waits for all', async () => {
  const { api, cache, clock, start } = setup();
  start();
  const late = cache.informer(things);
  const synced = cache.waitForSync();
  api.put('a', 1);
  await clock.advance(0);

  await synced;

  expect(late.store.size).toBe(1);
});

it('is ready when every informer was filled once, and says what is missing until then', async () => {
  const { api, cache, clock, start } = setup();
  cache.informer(things);
  api.faults = [{ status: 403, statusBody: { message: 'things is forbidden' } }];
  start();
  await clock.advance(0);
  expect(cache.readiness()).toEqual({
    ready: false,
    problems: ['things.test/v1: no complete list yet; Denied: HTTP 403: things is forbidden'],
  });

  await clock.advance(2000);
  expect(cache.readiness()).toEqual({ ready: true, problems: [] });
  api.faults = Array.from({ length: 9 }, () => ({ reject: 'down' }));
  api.cutWatches();
  await clock.advance(2000);

  expect(cache.readiness().ready).toBe(true);
});

it('runs only once, and ends when its signal aborts', async () => {
  const { cache, clock, start, stop } = setup();
  cache.informer(things);
  start();
  await expect(cache.run(new AbortController().signal)).rejects.toThrow('they run already');

  await stop();

  expect(clock.pending).toBe(0);
});

it('shows the health of every informer as metrics', async () => {
  const { api, cache, clock, start } = setup();
  const registry = new Registry();
  registerInformerMetrics(cache, registry, clock);
  cache.informer(things, { namespace: 'shop' });
  api.put('a', 1);
  start();
  await clock.advance(0);
  api.put('a', 2);
  await clock.advance(0);
  api.faults = [{ status: 410 }];
  api.endWatches();
  await clock.advance(5000);

  const text = await registry.metrics();
  const again = await registry.metrics();

  const labels = 'informer="things.test/v1 namespace=shop"';
  for (const line of [
    `kube_informer_syncs_total{${labels}} 2`,
    `kube_informer_requests_total{${labels},request="watchList"} 2`,
    `kube_informer_failures_total{${labels},reason="Expired"} 1`,
    `kube_informer_failures_total{${labels},reason="Undecodable"} 0`,
    `kube_informer_events_total{${labels}} 1`,
    `kube_informer_objects{${labels}} 1`,
    `kube_informer_synced{${labels}} 1`,
    `kube_informer_connected{${labels}} 1`,
    `kube_informer_resource_version{${labels}} 3`,
    `kube_informer_last_event_age_seconds{${labels}} 4.2`,
  ]) {
    expect(text.split('\n')).toContain(line);
  }
  expect(again).toBe(text);
});

function setup() {
  const api = new ScriptedApi();
  const clock = new ManualClock();
  const cache = new InformerCache({ transport: api, clock, random: { next: () => 0 }, logger: silentLogger });
  const stopping = new AbortController();
  let running: Promise<void> | undefined;
  const start = () => {
    running = cache.run(stopping.signal);
  };
  const stop = async () => {
    stopping.abort();
    await running;
  };
  onTestFinished(stop);
  return { api, cache, clock, start, stop };
}
