import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { steps } from '../../hack/quickstart/steps.ts';
import type { Clock } from '../../src/seams/clock.ts';
import { type Moment, stageTable } from './stages.ts';

/** What the program says when a part of its work begins. */
const titles = new Map([...steps.map(({ title }) => title), 'Ask the app'].map((title) => [title, title]));
const beforeSteps = 'cluster and images';

export interface Quickstart {
  /** From its start until the app has answered. */
  seconds: number;
  table: string;
}

/** `make quickstart`, without the question whether the packages are installed. */
export async function timeQuickstart(clock: Clock): Promise<Quickstart> {
  const began = clock.monotonic();
  const moments: Moment[] = [];
  const child = spawn('npm', ['run', '--silent', 'quickstart'], { stdio: ['ignore', 'pipe', 'pipe'] });
  const errors: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => errors.push(line));
  let current = beforeSteps;
  let answer = '';
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line.startsWith('Hello from')) answer = line;
    const title = titles.get(line);
    if (title === undefined) return;
    moments.push({ stage: current, at: clock.monotonic() });
    current = title;
  });
  const [code] = (await once(child, 'close')) as [number];
  moments.push({ stage: current, at: clock.monotonic() });
  if (code !== 0 || answer === '')
    throw new Error(`the quickstart ended with ${code}: ${errors.slice(-20).join('\n')}`);
  return { seconds: (clock.monotonic() - began) / 1000, table: stageTable(began, moments) };
}
