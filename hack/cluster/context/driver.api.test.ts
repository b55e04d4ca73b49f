import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, inject, it, vi } from 'vitest';
import { parse, stringify } from 'yaml';
import { run } from '../../lib/run.ts';
import type { DriverContext } from '../driver.ts';
import { pathsOf } from '../paths.ts';
import { contextDriver } from './driver.ts';

interface Kubeconfig {
  'current-context': string;
  contexts: { name: string; context: { cluster: string; user: string } }[];
  clusters: { name: string; cluster: { server: string } }[];
  users: { name: string; user: object }[];
}

let root: string;
let said: string[];

/** The user's own file: a working context called `mine`, and a current one that leads nowhere. */
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'vish-'));
  said = [];
  const config = parse(await readFile(inject('kubeconfig'), 'utf8')) as Kubeconfig;
  const [context] = config.contexts;
  if (!context) throw new Error('the kubeconfig of the suite has no context');
  config.contexts = [
    { ...context, name: 'mine' },
    { name: 'dead', context: { cluster: 'dead', user: 'dead' } },
  ];
  config.clusters.push({ name: 'dead', cluster: { server: 'https://127.0.0.1:1' } });
  config.users.push({ name: 'dead', user: { token: 'secret' } });
  config['current-context'] = 'dead';
  await writeFile(join(root, 'user-config'), stringify(config));
  vi.stubEnv('KUBECONFIG', join(root, 'user-config'));
  vi.stubEnv('PATH', `${inject('kubectlFolder')}:${process.env['PATH']}`);
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(root, { recursive: true });
});

function aContext(context?: string): DriverContext {
  const base = { name: 'vish', apiOnly: false, hollowNodes: 0 };
  const report = { terminal: false, say: (line: string) => void said.push(line), progress: () => undefined };
  return { request: context === undefined ? base : { ...base, context }, paths: pathsOf('vish', root), report };
}

const kubeconfig = () => join(root, '.vish/kubeconfig');
const exists = (file: string) =>
  stat(file).then(
    () => true,
    () => false,
  );

it('copies the named context alone, readable by its owner alone', async () => {
  await contextDriver.up(aContext('mine'));

  const copy = parse(await readFile(kubeconfig(), 'utf8')) as Kubeconfig;
  expect(copy.contexts.map(({ name }) => name)).toEqual(['mine']);
  expect([copy.clusters.length, copy.users.length]).toEqual([1, 1]);
  expect((await stat(kubeconfig())).mode & 0o777).toBe(0o600);
  expect(said).toEqual([expect.stringMatching(/^context mine: Kubernetes v1\.\d+\.\d+ answers$/)]);
});

it('makes a kubeconfig that works', async () => {
  await contextDriver.up(aContext('mine'));

  const { stdout } = await run('kubectl', [`--kubeconfig=${kubeconfig()}`, 'auth', 'whoami', '--output=name']);

  expect(stdout).toContain('selfsubjectreview');
});

it('reports a context that does not answer and leaves nothing behind', async () => {
  await expect(contextDriver.up(aContext('dead'))).rejects.toThrow(/127\.0\.0\.1:1/);

  expect(await exists(join(root, '.vish'))).toBe(true);
  expect(await exists(kubeconfig())).toBe(false);
  expect(await exists(join(root, '.vish/clusters/vish/context.json'))).toBe(false);
});

it('names the contexts that there are when one does not exist', async () => {
  await expect(contextDriver.up(aContext('mime'))).rejects.toThrow(/"mime"(.|\n)*these contexts: dead, mine/);
});

it('remembers its context, and takes no other one in its place', async () => {
  await contextDriver.up(aContext('mine'));

  await contextDriver.up(aContext());
  const other = contextDriver.up(aContext('dead'));

  await expect(other).rejects.toThrow(
    '"vish" stands for the context "mine": run `npm run cluster -- down --name vish`',
  );
});

it('removes only what it wrote', async () => {
  const before = await readFile(join(root, 'user-config'), 'utf8');
  await contextDriver.up(aContext('mine'));

  await contextDriver.down(aContext());

  expect(await exists(kubeconfig())).toBe(false);
  expect(await readFile(join(root, 'user-config'), 'utf8')).toBe(before);
  expect((await contextDriver.status(aContext())).healthy).toBe(false);
});

it('shows the address and version of a cluster that answers', async () => {
  await contextDriver.up(aContext('mine'));

  const status = await contextDriver.status(aContext());

  expect(status.healthy).toBe(true);
  expect(status.urls['api']).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
});
