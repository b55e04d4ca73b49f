import { expect, inject, it } from 'vitest';
import { run } from '../lib/run.ts';
import { nextSteps } from './steps.ts';

const shell = (script: string) => run('bash', ['-c', script], { allowFailure: true, timeoutMs: 200_000 });

it('ends with a sample Project in the cluster, and running it again changes nothing', async () => {
  const first = await shell('node hack/quickstart/main.ts');
  const before = await sampleVersion();
  const second = await shell('node hack/quickstart/main.ts');

  expect(first).toMatchObject({ code: 0, output: expect.stringContaining('project.vish.dev/hello') as unknown });
  expect(second.code).toBe(0);
  expect(await sampleVersion()).toBe(before);
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

async function sampleVersion(): Promise<string> {
  const { kubeconfig, binaries } = inject('node');
  const { stdout } = await shell(
    `${binaries}/kubectl --kubeconfig ${kubeconfig} get vprj hello -o jsonpath={.metadata.resourceVersion}`,
  );
  return stdout;
}
