import { access, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { withLock } from './lock.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lock-'));
});
afterEach(() => rm(folder, { recursive: true }));

const options = { purpose: 'testing', deadlineMs: 10_000 };

it('lets one at a time work', async () => {
  let inside = 0;
  let most = 0;
  const work = async () => {
    most = Math.max(most, ++inside);
    await new Promise((resolve) => setImmediate(resolve));
    inside--;
  };

  await Promise.all([1, 2, 3].map(() => withLock(join(folder, 'a.lock'), options, work)));

  expect(most).toBe(1);
});

it('frees the lock when the work fails', async () => {
  const file = join(folder, 'a.lock');

  await expect(withLock(file, options, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');

  await expect(access(file)).rejects.toThrow('ENOENT');
});

it('takes over from a holder that has died, even when its pid lives again', async () => {
  const file = join(folder, 'a.lock');
  await writeFile(file, JSON.stringify({ pid: process.pid, started: 'long ago', purpose: 'building' }));

  expect(await withLock(file, options, () => Promise.resolve('done'))).toBe('done');
});

it('gives up at its deadline and names the holder', async () => {
  const file = join(folder, 'a.lock');
  const attempt = withLock(file, options, () =>
    withLock(file, { purpose: 'inner', deadlineMs: 0 }, () => Promise.resolve()),
  );

  await expect(attempt).rejects.toThrow(`process ${process.pid} (testing)`);
});
