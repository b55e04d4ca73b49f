import { expect, it } from 'vitest';
import { runProgram } from './program.ts';

const env = { PATH: '/usr/local/bin:/usr/bin:/bin' };
const never = new AbortController().signal;

async function said(script: string): Promise<string[]> {
  const lines: string[] = [];
  await runProgram('sh', ['-c', script], { env, signal: never, onLine: (line) => void lines.push(line) });
  return lines;
}

it('hands on each line whole, and the last one without an end', async () => {
  expect(await said("printf 'one\\ntw'; printf 'o\\n\\303'; printf '\\244'")).toEqual(['one', 'two', 'ä']);
});

it('cuts a line that never ends', async () => {
  const [line = ''] = await said('head -c 9000000 /dev/zero');

  expect(line.length).toBeLessThan(8_500_000);
});

it('keeps output and errors apart for who wants the output as it is', async () => {
  const lines: string[] = [];
  const output: Buffer[] = [];
  const onOutput = (chunk: Buffer) => void output.push(chunk);
  await runProgram('sh', ['-c', "printf 'a\\0b'; echo no >&2"], {
    env,
    signal: never,
    onLine: (line) => void lines.push(line),
    onOutput,
  });

  expect([Buffer.concat(output).toString(), lines]).toEqual(['a\0b', ['no']]);
});

it('ends what was asked for after the end was wished', async () => {
  const gone = AbortSignal.abort();

  expect(await runProgram('sleep', ['60'], { env, signal: gone, onLine: () => undefined })).toBe(128);
});
