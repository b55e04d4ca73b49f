import { afterAll, beforeAll, expect, it } from 'vitest';
import { openApi } from '../../../test/support/api-client.ts';
import { aNotice, aRecorder } from '../../../test/support/events.ts';
import { until } from '../../../test/support/until.ts';
import { systemClock } from '../../seams/system.ts';
import { events } from './event.ts';

const namespace = 'events-test';
let api: Awaited<ReturnType<typeof openApi>>;

beforeAll(async () => {
  api = await openApi(namespace);
});

afterAll(() => api.close());

const regarding = { apiVersion: 'v1', kind: 'ConfigMap', namespace, name: 'web', uid: 'uid-web' };
const stored = async () => (await api.client.list(events, { namespace })).items;

it('the server takes events, series and the longest note, and the last count at the end', async () => {
  const { recorder, stop, ended } = aRecorder(api.client, systemClock);
  const notice = aNotice({ regarding, type: 'Warning', note: 'ü'.repeat(2000) });

  recorder.record(notice);
  await until(async () => (await stored()).length === 1);
  recorder.record(notice);
  await until(async () => (await stored())[0]?.series?.count === 2);
  for (let n = 0; n < 5; n++) recorder.record(notice);
  stop();
  await ended;

  expect(await stored()).toMatchObject([{ type: 'Warning', series: { count: 7 } }]);
});

it('an event on a cluster-scoped object goes to the default namespace', async () => {
  const { recorder, registry, stop, ended } = aRecorder(api.client, systemClock);

  recorder.record(aNotice({ regarding: { apiVersion: 'v1', kind: 'Node', name: 'events-test-node' } }));
  stop();
  await ended;

  const all = await api.client.list(events, { namespace: 'default' });
  expect(all.items.map((event) => event.regarding.name)).toContain('events-test-node');
  expect(await registry.getSingleMetricAsString('events_dropped_total')).not.toContain('reason');
});
