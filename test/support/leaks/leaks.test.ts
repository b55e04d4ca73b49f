import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { systemClock } from '../../../src/seams/system.ts';
import { watchMemory } from './memory.ts';
import { watchForLeaks } from './open-handles.ts';

it('names a server that is still open and the line that made it', async () => {
  const leaks = watchForLeaks('this test left open');
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');

  await expect(leaks.expectNone(20)).rejects.toThrow(
    /^this test left open: 1 TCPServerWrap from test\/support\/leaks\/leaks\.test\.ts:\d+\. Close/,
  );
  server.close();
  await leaks.expectNone();
});

it('names a timer by whoever set it, not by the clock that it was set on', async () => {
  const leaks = watchForLeaks();
  const timer = systemClock.setTimeout(() => undefined, 60_000);

  await expect(leaks.expectNone(20)).rejects.toThrow(/1 Timeout from test\/support\/leaks\/leaks\.test\.ts:\d+/);
  systemClock.clearTimeout(timer);
  await leaks.expectNone();
});

it('counts memory that somebody still holds, and none that was let go', async () => {
  const memory = watchMemory('this test left in memory');
  const kept = [Buffer.alloc(40 * 2 ** 20, 1)];

  // A little of what others held may have gone meanwhile.
  await expect(memory.expectBounded(30)).rejects.toThrow(
    /^this test left in memory (3[5-9]|4[0-5]) MiB more than at its start, and 30 are/,
  );
  kept.length = 0;
  await memory.expectBounded(30);
});

it('fails a test file that leaves something open, by name, in a suite with the setup file', async () => {
  const { code, output } = await vitest('test/support/leaks/fixtures/vitest.config.ts');

  expect(code).toBe(1);
  expect(output).toMatch(/fixtures\/leaves-a-server\.ts left open: 1 TCPServerWrap from \S*leaves-a-server\.ts:\d+\./);
  expect(output).toMatch(/Tests +1 passed \(1\)/);
});

async function vitest(config: string): Promise<{ code: number | null; output: string }> {
  const program = join(process.cwd(), 'node_modules/vitest/vitest.mjs');
  const env = { ...process.env, NO_COLOR: '1' };
  const child = spawn(process.execPath, [program, 'run', '--root', '.', '--config', config], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [out, error, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code: code as number | null, output: out + error };
}
