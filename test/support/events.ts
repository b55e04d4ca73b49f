import { Registry } from 'prom-client';
import type { Client } from '../../src/kube/client/client.ts';
import { events, type Notice } from '../../src/kube/events/event.ts';
import { EventMetrics } from '../../src/kube/events/metrics.ts';
import { EventRecorder } from '../../src/kube/events/recorder.ts';
import { EventWriter } from '../../src/kube/events/writer.ts';
import type { Clock } from '../../src/seams/clock.ts';
import { recordingLogger } from './recording-logger.ts';

export function aNotice(overrides: Partial<Notice> = {}): Notice {
  return {
    type: 'Normal',
    reason: 'Built',
    action: 'Build',
    note: 'image is ready',
    regarding: { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default', name: 'web', uid: 'uid-web' },
    ...overrides,
  };
}

/** A recorder that runs, with what it wrote. */
export function aRecorder(client: Client, clock: Clock, redact = (text: string) => text) {
  const registry = new Registry();
  const metrics = new EventMetrics(registry);
  const logger = recordingLogger();
  let n = 0;
  const random = { next: () => (n = (n + 1) % 4096) / 4096 };
  const writer = new EventWriter({ client, clock, random, logger, metrics });
  const reporter = { controller: 'vish.dev/test', instance: 'vish-0' };
  const recorder = new EventRecorder({ writer, reporter, clock, random, metrics, redact });
  const stop = new AbortController();
  const ended = recorder.start(stop.signal);
  const stored = async () => (await client.list(events, { namespace: 'default' })).items;
  return { recorder, registry, logger, stored, ended, stop: () => stop.abort() };
}
