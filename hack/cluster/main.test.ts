import { join } from 'node:path';
import { expect, it } from 'vitest';
import { run } from '../lib/run.ts';

const cluster = (...args: string[]) =>
  run(process.execPath, [join(import.meta.dirname, 'main.ts'), ...args], { allowFailure: true });

it.each([
  { args: ['--help'], code: 0, stdout: /^Usage: npm run cluster/, stderr: /^$/ },
  { args: ['start'], code: 2, stdout: /^$/, stderr: /^unknown action "start"/ },
  {
    args: ['status', '--name', 'never-made'],
    code: 3,
    stdout: /^$/,
    stderr: /^there is no cluster "never-made": make it with `npm run cluster -- up --name never-made`\n$/,
  },
  { args: ['status', '--json', '--name', 'never-made'], code: 3, stdout: /"healthy": false/, stderr: /^there is no/ },
  { args: ['env', '--name', 'never-made'], code: 3, stdout: /^$/, stderr: /^there is no cluster/ },
  { args: ['logs', '--name', 'never-made'], code: 3, stdout: /^$/, stderr: /^there is no cluster/ },
  { args: ['down', '--name', 'never-made'], code: 0, stdout: /^$/, stderr: /"never-made": nothing to remove\n$/ },
])('ends "$args" with exit code $code', async ({ args, code, stdout, stderr }) => {
  const result = await cluster(...args);

  expect(result.code).toBe(code);
  expect(result.stdout).toMatch(stdout);
  expect(result.stderr).toMatch(stderr);
});
