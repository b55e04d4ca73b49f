import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { until } from '../../test/support/until.ts';
import { ManualClock } from '../seams/manual-clock.ts';
import { failure, useRig } from './test-rig.ts';

const rig = useRig('streamed bodies');
const part = Buffer.alloc(64 * 1024, 'x');

async function* parts(count: number): AsyncGenerator<Uint8Array> {
  for (let sent = 0; sent < count; sent++) yield part;
}

function upload(stream: AsyncIterable<Uint8Array>, length: number) {
  return rig()
    .client()
    .request({ url: rig().url('good.test'), method: 'PUT', body: { stream, length } });
}

it('sends a stream with its length', async () => {
  rig().seen.length = 0;
  rig().handler = (_request, response) => response.writeHead(201).end();

  const { status } = await upload(parts(40), 40 * part.length);

  const [seen] = rig().seen;
  expect(status).toBe(201);
  expect(seen?.request.headers).toMatchObject({ 'content-length': String(40 * part.length) });
  expect(digest(seen?.body ?? '')).toBe(digest('x'.repeat(40 * part.length)));
});

it.each([
  ['less', 41],
  ['more', 39],
])('breaks a request whose stream has %s than it says', async (_what, count) => {
  const before = rig().seen.length;

  const error = await failure(upload(parts(40), count * part.length));

  expect(error.retry).toBe(true);
  expect(rig().seen.length).toBe(before);
});

it.each([301, 302, 303, 307, 308])('does not follow a redirect with status %i', async (status) => {
  rig().handler = (_request, response) => response.writeHead(status, { location: '/end' }).end();

  const error = await failure(upload(parts(2), 2 * part.length));

  expect(error.code).toBe('RedirectRefused');
  expect(error.message).toContain('cannot be sent again');
});

it('ends the stream when it fails, and shows nothing of its error', async () => {
  let ended = false;
  async function* broken() {
    try {
      yield part;
      throw new Error('secret path');
    } finally {
      ended = true;
    }
  }

  const error = await failure(upload(broken(), 10 * part.length));

  await until(() => ended);
  expect(error.message).not.toContain('secret');
});

it('lets an upload last longer than the time for an answer, as long as it moves', async () => {
  rig().handler = (_request, response) => response.writeHead(201).end();
  const clock = new ManualClock();
  const client = rig().client({ clock, limits: { headersMs: 300 } });
  async function* slow() {
    for await (const chunk of parts(5)) {
      yield chunk;
      await clock.advance(200);
    }
  }

  const body = { stream: slow(), length: 5 * part.length };
  const { status } = await client.request({ url: rig().url('good.test'), method: 'PUT', body });

  expect(status).toBe(201);
  expect(clock.monotonic()).toBeGreaterThan(300);
});

it('gives up on an upload that stands still', async () => {
  const clock = new ManualClock();
  const client = rig().client({ clock, limits: { headersMs: 300 } });
  async function* stuck() {
    yield part;
    await clock.advance(301);
    yield part;
  }

  const body = { stream: stuck(), length: 2 * part.length };
  const error = await failure(client.request({ url: rig().url('good.test'), method: 'PUT', body }));

  expect(error.code).toBe('HeadersTimeout');
});

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
