import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { MemoryClient } from '../../../test/support/memory-client.ts';
import { readmeExample } from '../../../test/support/readme-example.ts';
import { recordingLogger } from '../../../test/support/recording-logger.ts';
import { ManualClock } from '../../seams/manual-clock.ts';
import { systemRandom as random } from '../../seams/system.ts';
import { Redactor } from '../log/redactor.ts';
import { EventMetrics } from './metrics.ts';
import { EventRecorder } from './recorder.ts';
import { EventWriter } from './writer.ts';

it('the example of the README writes its event', async () => {
  const client = new MemoryClient();
  const clock = new ManualClock();
  const logger = recordingLogger();
  const redactor = new Redactor();
  const metrics = new EventMetrics(new Registry());

  // README
  const recorder = new EventRecorder({
    writer: new EventWriter({ client, clock, random, logger, metrics }),
    reporter: { controller: 'vish.dev/build-controller', instance: 'vish-7d4f-x2x9k' },
    clock,
    random,
    metrics,
    redact: (text) => redactor.text(text),
  });
  const stop = new AbortController();
  const ended = recorder.start(stop.signal);

  recorder.record({
    type: 'Warning',
    reason: 'PushRefused',
    action: 'Push',
    note: 'the registry refused the image: 403',
    regarding: { apiVersion: 'vish.dev/v1alpha1', kind: 'Build', namespace: 'shop', name: 'web-1', uid: '4f0c' },
  });

  stop.abort();
  await ended;
  // end of README

  expect(client.requests).toHaveLength(1);
});

it('the README shows the code that ran', async () => {
  const { readme, tested } = await readmeExample(import.meta.url);

  expect(readme).not.toBe('');
  expect(readme).toBe(tested);
});
