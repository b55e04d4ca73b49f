import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { systemClock } from '../../src/seams/system.ts';
import { checkAll, summary } from './check.ts';
import type { Task } from './tasks.ts';

const script = (name: string, code: string): Task => {
  return { name, command: process.execPath, args: ['-e', code], remedy: `mend ${name}` };
};

it('runs all tasks and reports each, the failing one in full with its remedy', async () => {
  const tasks = [script('good', ''), script('bad', 'console.log("line 7 is wrong"); process.exitCode = 1')];

  const outcomes = await checkAll(tasks, systemClock);

  expect(outcomes.map(({ passed }) => passed)).toEqual([true, false]);
  expect(summary(outcomes)).toMatch(
    /ok\s+good[\s\S]*FAILED\s+bad[\s\S]*line 7 is wrong\n=> mend bad\n\n1 of 2 checks failed\.$/,
  );
});

it('runs them at the same time: each waits for a file that the other writes', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'vish-check-'));
  const meet = (mine: string, other: string) => `
    const fs = require('node:fs');
    fs.writeFileSync(${JSON.stringify(join(folder, mine))}, '');
    const timer = setInterval(() => fs.existsSync(${JSON.stringify(join(folder, other))}) && clearInterval(timer), 5);`;

  const outcomes = await checkAll([script('a', meet('a', 'b')), script('b', meet('b', 'a'))], systemClock);

  expect(outcomes.every(({ passed }) => passed)).toBe(true);
  rmSync(folder, { recursive: true });
});
