import { request } from 'undici';
import { expect, it } from 'vitest';
import { readmeExample } from '../../../test/support/readme-example.ts';
import { recordingLogger } from '../../../test/support/recording-logger.ts';
import { ManualClock } from '../../seams/manual-clock.ts';
import { createRegistry } from '../metrics/registry.ts';
import { Health } from './health.ts';
import { HttpServer } from './http-server.ts';
import { metricsPage } from './metrics-page.ts';

it('the example of the README answers', async () => {
  const clock = new ManualClock();
  const logger = recordingLogger();
  const informer = { hasSynced: () => true };
  const stop = new AbortController();

  // README
  const health = new Health({ clock, logger });
  health.addReady('projects-cache', () => {
    if (!informer.hasSynced()) throw new Error('not filled yet');
  });
  const registry = createRegistry({ version: '0.1.0', commit: 'abc1234' });

  const probes = new HttpServer({ name: 'health', port: 0, handler: health.handle, clock, logger });
  const metrics = new HttpServer({ name: 'metrics', port: 0, handler: metricsPage(registry), clock, logger });
  const ended = Promise.all([probes.start(stop.signal), metrics.start(stop.signal)]);
  // end of README

  const answer = await request(`http://127.0.0.1:${await probes.port}/readyz?verbose`);
  const page = await request(`http://127.0.0.1:${await metrics.port}/metrics`);
  await Promise.all([answer.body.dump(), page.body.dump()]);
  stop.abort();
  await ended;
  expect([answer.statusCode, page.statusCode]).toEqual([200, 200]);
});

it('the README shows the code that ran', async () => {
  const { readme, tested } = await readmeExample(import.meta.url);

  expect(readme).not.toBe('');
  expect(readme).toBe(tested);
});
