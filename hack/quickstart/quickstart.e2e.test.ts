import { expect, inject, it } from 'vitest';
import { run } from '../lib/run.ts';
import { nextSteps } from './steps.ts';

const shell = (script: string) => run('bash', ['-c', script], { allowFailure: true, timeoutMs: 200_000 });

it('ends with a sample Project in the cluster, and may run again', async () => {
  const first = await shell('node hack/quickstart/main.ts');
  const second = await shell('node hack/quickstart/main.ts');

  expect(first.output).toContain('project.vish.dev/hello');
  expect(first.code).toBe(0);
  expect(second.output).toContain('project.vish.dev/hello unchanged');
  expect(second.code).toBe(0);
});

it('proposes commands that work, and one that is refused with advice', async () => {
  const { kubeconfig, binaries } = inject('node');
  const text = nextSteps(kubeconfig, binaries);
  const exported = /export .*/.exec(text)?.[0] ?? '';
  const commands = [...text.matchAll(/^ {2}(kubectl .*)$/gm)].map((match) => match[1] ?? '');

  const results = [];
  for (const command of commands) results.push({ command, ...(await shell(`${exported}; ${command}`)) });
  await shell(`${exported}; kubectl delete -f config/samples/deployment-canary.yaml`);

  expect(results.length).toBe(4);
  const [refused, ...worked] = results.toReversed();
  expect(worked.filter(({ code }) => code !== 0)).toEqual([]);
  expect(refused).toMatchObject({ code: 1, output: expect.stringContaining('image') as unknown });
});
