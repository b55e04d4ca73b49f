import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';

const program = new URL('../../../test/support/manager-program.ts', import.meta.url).pathname;

/** Runs the program, sends the signals once everything is started, and gives its exit code and messages. */
async function run(behaviour: string, signals: NodeJS.Signals[]) {
  const child = spawn(process.execPath, [program, behaviour], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const messages: string[] = [];
  const rest = [...signals];
  for await (const line of createInterface(child.stdout)) {
    const { msg } = JSON.parse(line) as { msg: string };
    messages.push(msg);
    const next = msg === 'everything is started' || msg === 'stopping' ? rest.shift() : undefined;
    if (next) child.kill(next);
  }
  const [code] = (await exited) as [number | null];
  return { code, messages };
}

it.each<NodeJS.Signals>(['SIGTERM', 'SIGINT'])('a real process ends with 0 on %s', async (signal) => {
  const { code, messages } = await run('wait', [signal]);

  expect(code).toBe(0);
  expect(messages.at(-1)).toBe('stopped');
});

it('a real process ends at once on a second signal', async () => {
  const { code, messages } = await run('hang', ['SIGTERM', 'SIGTERM']);

  expect(code).toBe(1);
  expect(messages.at(-1)).toBe('second signal, exiting at once');
});

it('a real process ends with 1 when work does not end within the grace time', async () => {
  const { code, messages } = await run('hang', ['SIGTERM']);

  expect(code).toBe(1);
  expect(messages.at(-1)).toBe('ended by an error');
});

it('a real process ends with 1 on a rejection that nobody handled', async () => {
  const { code, messages } = await run('forget', []);

  expect(code).toBe(1);
  expect(messages.at(-1)).toBe('an error that nobody caught');
});
