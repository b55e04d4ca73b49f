import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { findMarked, parseStat, startTimeOf } from './process-table.ts';

it('reads state and start of a process whose name has spaces and brackets', () => {
  const stat = `42 (a) b) S ${Array.from({ length: 18 }, (_, at) => at).join(' ')} 9876 0 0`;

  expect(parseStat(stat)).toEqual({ state: 'S', started: '9876' });
});

it('takes a process that only waits to be collected for gone', () => {
  expect(parseStat(`42 (a) Z ${'0 '.repeat(18)}9876`)).toBeUndefined();
});

it('finds a process by its mark, and not when it has ended', async () => {
  const mark = `test-${process.pid}`;
  const child = spawn('sleep', ['60'], { env: { ...process.env, VISH_TEST_MARK: mark } });
  await once(child, 'spawn');

  const found = (await findMarked('VISH_TEST_MARK')).filter((entry) => entry.mark === mark);
  child.kill('SIGKILL');
  await once(child, 'exit');
  const after = (await findMarked('VISH_TEST_MARK')).filter((entry) => entry.mark === mark);

  expect(found).toMatchObject([{ pid: child.pid, command: ['sleep', '60'] }]);
  expect(after).toEqual([]);
});

it('knows no start of a process that does not exist', async () => {
  expect(await startTimeOf(2 ** 30)).toBeUndefined();
});
