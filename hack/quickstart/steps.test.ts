import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { nextSteps, steps } from './steps.ts';

const files = (text: string) => [...text.matchAll(/(?<=-f )\S+/g)].map(([file]) => file);

it('names only files that exist, in the steps and in what to try next', () => {
  const commands = steps.flatMap((step) => step.commands.map((command) => command.join(' ')));
  const named = [...commands, nextSteps('/kubeconfig', '/bin')].flatMap(files);

  expect(named.length).toBeGreaterThan(3);
  expect(named.filter((file) => !existsSync(file))).toEqual([]);
});
