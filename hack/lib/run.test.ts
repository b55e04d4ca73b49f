import { expect, it } from 'vitest';
import { run } from './run.ts';

const node = process.execPath;
const script = (code: string) => ['-e', code];

it('gives both streams, apart and as they came', async () => {
  const result = await run(node, script('console.log("out"); console.error("err")'));

  expect(result).toMatchObject({ code: 0, stdout: 'out\n', stderr: 'err\n' });
  expect(result.output.length).toBe(8);
});

it('hands over the input', async () => {
  const { stdout } = await run(node, script('process.stdin.pipe(process.stdout)'), { input: 'hello' });

  expect(stdout).toBe('hello');
});

it('fails with the command and the end of what it said', async () => {
  const failing = run(node, script('console.error("line 7 is wrong"); process.exitCode = 3'));

  await expect(failing).rejects.toThrow(/failed \(exit code 3\): line 7 is wrong/);
});

it('returns a failure to those who want to look at it themselves', async () => {
  const result = await run(node, script('process.exitCode = 3'), { allowFailure: true });

  expect(result.code).toBe(3);
});

it('says so when the program does not exist', async () => {
  const missing = 'no-such-program-anywhere';

  await expect(run(missing, [])).rejects.toThrow(/could not start "no-such-program-anywhere": .*ENOENT/);
  expect((await run(missing, [], { allowFailure: true })).code).toBe(127);
});

it('kills a program that outlives its deadline, also for those who allow a failure', async () => {
  const endless = script('setInterval(() => {}, 1000)');

  await expect(run(node, endless, { timeoutMs: 200, allowFailure: true })).rejects.toThrow(/longer than 0.2 s/);
});
