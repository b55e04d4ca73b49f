import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { stringify } from 'yaml';
import { until } from '../../test/support/until.ts';
import { run } from '../lib/run.ts';
import { gitServerManifests, urlOnMachine, usual } from './manifests.ts';

const settings = { ...usual, namespace: 'git-server-test', nodePort: 30917 };
const url = urlOnMachine(settings);
/** A connection that kube-proxy still leads to the pod that went gets no answer at all; the next one goes elsewhere. */
const askMs = 5_000;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'git-server-'));
  const manifests = (await gitServerManifests(settings)).map((manifest) => stringify(manifest)).join('---\n');
  await kubectl(['apply', '--server-side', '--filename=-'], manifests);
  await kubectl(['rollout', 'status', 'deployment/git', '--timeout=120s']);
});

afterAll(async () => {
  await kubectl(['delete', 'namespace', settings.namespace, '--timeout=60s']);
  await rm(folder, { recursive: true });
});

it('a person clones the sample, pushes a change, and it outlives the pod', async () => {
  await git(['clone', '--quiet', url, '.']);
  const program = join(folder, 'server.js');
  await writeFile(program, (await readFile(program, 'utf8')).replace('version 1', 'version 2'));
  await git(['commit', '--quiet', '--all', '--message=Version 2']);
  await git(['push', '--quiet', 'origin', 'main']);
  const pushed = (await git(['rev-parse', 'HEAD'])).trim();

  await kubectl(['delete', 'pods', '--all', '--wait']);
  expect(pushed).toMatch(/^[0-9a-f]{40}$/);
  const head = async () => (await git(['ls-remote', url, 'refs/heads/main'], askMs).catch(String)).split(/\s/)[0];
  await until(async () => (await head()) === pushed, {
    deadlineMs: 60_000,
    everyMs: 500,
    describe: `main is ${pushed}`,
  });
});

it('a commit is fetched by its id, as from the large hosts', async () => {
  const first = (await git(['rev-list', '--max-parents=0', 'HEAD'])).trim();

  await git(['fetch', '--quiet', '--depth=1', url, first]);

  expect((await git(['rev-parse', 'FETCH_HEAD'])).trim()).toBe(first);
});

async function kubectl(args: readonly string[], input = ''): Promise<string> {
  const { kubeconfig, binaries } = inject('node');
  const scope = [`--kubeconfig=${kubeconfig}`, `--namespace=${settings.namespace}`];
  return (await run(join(binaries, 'kubectl'), [...scope, ...args], { input, timeoutMs: 150_000 })).stdout;
}

async function git(args: readonly string[], timeoutMs = 60_000): Promise<string> {
  const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com'];
  return (await run('git', [...identity, ...args], { cwd: folder, timeoutMs })).stdout;
}
