import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { relative } from 'node:path';
import { afterAll, expect } from 'vitest';
import { systemClock } from '../../../src/seams/system.ts';
import { keyOfRequest, type SentRequest, sentRequests } from './sent.ts';

/** A setup file of every suite with an API server: no test file sends it the same request in a loop. */

const channel = 'undici:request:create';

function onRequest(message: unknown): void {
  const { request } = message as { request: SentRequest };
  const key = keyOfRequest(request);
  if (key !== undefined) sentRequests.note(key, { isRead: request.method === 'GET', atMs: systemClock.monotonic() });
}

subscribe(channel, onRequest);
const file = relative(process.cwd(), expect.getState().testPath ?? 'a test file');

afterAll(() => {
  unsubscribe(channel, onRequest);
  sentRequests.expectNoLoop(file);
});
