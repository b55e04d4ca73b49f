import { expect, it } from 'vitest';
import { systemClock } from '../../src/seams/system.ts';
import { run } from './run.ts';

const node = process.execPath;
const clock = systemClock;

it('gives the exit code and both streams, with stdout apart', async () => {
  const result = await run(node, ['-e', 'console.log("out"); console.error("err"); process.exitCode = 3'], { clock });

  expect(result.code).toBe(3);
  expect(result.stdout).toBe('out\n');
  expect(result.output).toContain('err');
});

it('hands over the input', async () => {
  const result = await run(node, ['-e', 'process.stdin.pipe(process.stdout)'], { clock, input: 'hello' });

  expect(result.stdout).toBe('hello');
});

it('says so when the program does not exist', async () => {
  const result = await run('no-such-program-anywhere', [], { clock });

  expect(result.code).toBe(127);
  expect(result.output).toContain('ENOENT');
});

it('kills a program that outlives its deadline', async () => {
  const result = await run(node, ['-e', 'setInterval(() => {}, 1000)'], { clock, deadlineMs: 200 });

  expect(result.code).toBe(124);
  expect(result.output).toContain('no end after 0.2 s');
});
