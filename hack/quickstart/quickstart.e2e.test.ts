import { rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { until } from '../../test/support/until.ts';
import { clusterFacts, type Facts } from './facts.ts';
import { sampleDeployment } from './manifests.ts';
import { nextSteps, sampleUrl } from './steps.ts';
import { found, type Shell, shellFor, undo } from './undo.ts';

let facts: Facts;
/** What was there before, and stays. */
let had: ReadonlySet<string>;

beforeAll(async () => {
  facts = await clusterFacts();
  had = new Set(await found(shell));
});

/** Others find the node as this file did: with an operator that is left behind their builds would have two masters. */
afterAll(async () => {
  const made = (await found(shell)).filter((name) => !had.has(name));
  await undo(shell, made);
});

const shell: Shell = (script) => shellFor(facts)(script);
const answer = async () => (await shell(`curl --silent --max-time 5 ${sampleUrl(facts)}`)).stdout;
const fields = (path: string) => shell(`kubectl get vd ${sampleDeployment} -o jsonpath='${path}'`);

it('ends with the sample app live, and running it again changes nothing', { timeout: 600_000 }, async () => {
  const first = await shell('node hack/quickstart/main.ts');
  const before = await fields('{.metadata.generation}/{.status.lastRelease}');
  const second = await shell('node hack/quickstart/main.ts');

  expect(first).toMatchObject({ code: 0, output: expect.stringContaining('Hello from version') as unknown });
  expect(second).toMatchObject({ code: 0 });
  expect((await fields('{.metadata.generation}/{.status.lastRelease}')).stdout).toBe(before.stdout);
});

it('proposes commands that release version 2 and go back to version 1', { timeout: 300_000 }, async () => {
  rmSync('.vish/shop', { recursive: true, force: true });
  const proposed = nextSteps(facts).matchAll(/^ {2}(git .*|sed .*|kubectl .*)$/gm);
  const commands = [...proposed].map((match) => match[1] ?? '').filter((command) => !command.endsWith('--watch'));
  const rollback = commands.findIndex((command) => command.includes('vish.dev/rollback'));
  const all = async (some: readonly string[]) => {
    for (const command of some) expect({ command, ...(await shell(command)) }).toMatchObject({ code: 0 });
  };

  await all(commands.slice(0, rollback));
  await until(async () => (await answer()).includes('version 2'), { deadlineMs: 120_000, everyMs: 500 });
  await all(commands.slice(rollback));
  await until(async () => (await answer()).includes('version 1'), { deadlineMs: 60_000, everyMs: 500 });

  expect((await fields('{.status.pinned.release}')).stdout).toBe('1');
});
