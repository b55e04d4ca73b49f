import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect, it } from 'vitest';
import type { Clock } from '../../../seams/clock.ts';
import { ManualClock } from '../../../seams/manual-clock.ts';
import { systemClock } from '../../../seams/system.ts';
import { apiServerOf, expectIsolation, type Isolation } from './isolation.ts';

const apiServer = { host: '10.96.0.1', port: 443 };
const { signal } = new AbortController();

/** What became of it after so many seconds, when the tries end like this and the last way for ever. */
async function outcome(answers: boolean[], seconds: number, change: Partial<Isolation> = {}) {
  const clock = new ManualClock();
  let tries = 0;
  const connects = () => Promise.resolve(answers[Math.min(tries++, answers.length - 1)] ?? false);
  let end: unknown = 'still trying';
  const running = expectIsolation({ apiServer, connects, ...change }, { clock, signal }).then(
    () => (end = 'isolated'),
    (error: unknown) => (end = error),
  );
  await clock.advance(seconds * 1000);
  if (end !== 'still trying') await running;
  return end;
}

it('holds where the API server cannot be reached several times in a row', async () => {
  expect(await outcome([false], 1)).toBe('still trying');
  expect(await outcome([false], 2)).toBe('isolated');
});

it('waits for an enforcer that needs a moment, and begins to count again after each connection', async () => {
  expect(await outcome([true, true, false, false, true, false], 5)).toBe('still trying');
  expect(await outcome([true, true, false, false, true, false], 7)).toBe('isolated');
});

it('refuses the build where the API server stays within reach, and says what the administrator can do', async () => {
  const refused = {
    reason: 'UntrustedBuildRefused',
    message: expect.stringContaining('at 10.96.0.1:443; have') as string,
  };

  expect(await outcome([true], 29)).toBe('still trying');
  expect(await outcome([true], 31)).toMatchObject(refused);
  expect(await outcome([true, false], 31)).toBe('isolated');
  expect(await outcome([true, false, true], 31)).toMatchObject(refused);
});

it('refuses the build where it cannot be tried', async () => {
  expect(await outcome([false], 0, { apiServer: undefined })).toMatchObject({ reason: 'UntrustedBuildRefused' });
  expect(apiServerOf({})).toBeUndefined();
});

it('tries it with a connection, at the address that Kubernetes gives every container', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const env = { KUBERNETES_SERVICE_HOST: '127.0.0.1', KUBERNETES_SERVICE_PORT: String(port) };
  // A second of the program is ten milliseconds here.
  const clock: Clock = { ...systemClock, setTimeout: (fn, ms) => systemClock.setTimeout(fn, ms / 100) };
  const answered = once(server, 'connection');
  const running = expectIsolation({ apiServer: apiServerOf(env) }, { clock, signal });
  await answered;
  server.close();

  await expect(running).resolves.toBeUndefined();
});
