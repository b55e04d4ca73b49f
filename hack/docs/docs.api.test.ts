import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { removeNamespace, type TestCluster, testCluster } from '../../test/support/kinds/cluster.ts';
import { kubectl } from '../../test/support/kinds/kubectls.ts';
import { builtHelm } from '../chart/helm.ts';
import { run } from '../lib/run.ts';
import { blocksOf, commandsOf, documentsOf, writtenPages } from './pages.ts';

const binaries = {
  kubectl: () => Promise.resolve(join(inject('kubectlFolder'), 'kubectl')),
  helm: builtHelm,
};
type Program = keyof typeof binaries;
const programs = ['kubectl', 'helm'] as const;
const folder = mkdtempSync(join(tmpdir(), 'vish-docs-'));
const manifests = writtenPages().flatMap(({ file, text }) =>
  blocksOf(text, 'yaml')
    .filter((block) => documentsOf(block).every((document) => 'apiVersion' in (document as object)))
    .map((block, index) => ({ file, number: index + 1, block })),
);

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await testCluster('docs');
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await removeNamespace(cluster);
});

async function dryRun(block: string) {
  const file = join(folder, 'manifest.yaml');
  writeFileSync(file, block);
  const how = ['--server-side', '--dry-run=server', '--validate=strict', `--namespace=${cluster.namespace}`];
  return kubectl(await binaries.kubectl(), inject('kubeconfig'), 'apply', ...how, '-f', file);
}

/** Flags are read before help is shown, and nothing is done. Help of a group means that the word after it is no command. */
async function problemOf(program: Program, words: readonly string[]): Promise<string> {
  const { code, stdout, output } = await run(await binaries[program](), [...words, '--help'], { allowFailure: true });
  const [, path = ''] = /^Usage:\s+\w+ ((?:[a-z-]*[a-z] )*)/m.exec(stdout) ?? [];
  const next = words[path.split(' ').length - 1] ?? '-';
  const unknown = /^Available Commands:/m.test(stdout) && !next.startsWith('-');
  return code === 0 && !unknown
    ? ''
    : `${program} ${words.join(' ')}: ${unknown ? `no command ${next}` : output.trim()}`;
}

describe('manifests of the documentation', () => {
  it.each(manifests)('$file, block $number passes a strict dry run', async ({ block }) => {
    expect(await dryRun(block)).toMatchObject({ ok: true });
  });

  it('would be refused with a field that is not there, and with a rule that is broken', async () => {
    const { block = '' } = manifests.find((each) => each.block.includes('  workload: {port: 8080')) ?? {};

    const unknown = await dryRun(block.replace('  workload: {port: 8080', '  workload: {prot: 8080'));
    const broken = await dryRun(block.replace('branch: main', 'branch: -main'));

    expect(unknown).toMatchObject({ ok: false, text: expect.stringContaining('prot') as unknown });
    expect(broken).toMatchObject({ ok: false, text: expect.stringContaining('short name') as unknown });
  });
});

describe('commands of the documentation', () => {
  it.each(programs)('%s knows every command and flag', async (program) => {
    const all = writtenPages().flatMap(({ text }) => commandsOf(text, program));
    const distinct = [...new Map(all.map((words) => [words.join(' '), words])).values()];
    const problems: string[] = [];
    for (const words of distinct) problems.push(await problemOf(program, words));

    expect(distinct.length).toBeGreaterThan(2);
    expect(problems.filter((problem) => problem !== '')).toEqual([]);
  });

  it.each<[Program, string[]]>([
    ['kubectl', ['get', 'vd', '--wide']],
    ['kubectl', ['gett', 'vd']],
    ['kubectl', ['create', 'secrets', 'generic', 'a']],
    ['helm', ['upgrade', 'vish', '--reuse']],
  ])('%s %j would be found', async (program, words) => {
    expect(await problemOf(program, words)).not.toBe('');
  });
});
