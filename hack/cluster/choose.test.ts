import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { choose, chooseDriver, makerOf, settled } from './choose.ts';
import type { ClusterRequest, Driver } from './driver.ts';
import { pathsOf } from './paths.ts';

const aRequest = (options: Partial<ClusterRequest> = {}): ClusterRequest => ({
  name: 'vish',
  apiOnly: false,
  hollowNodes: 0,
  ...options,
});

it.each([
  { rule: 'a named context', request: { context: 'prod' }, maker: undefined, kind: 'context' },
  { rule: 'bare for an API server alone', request: { apiOnly: true }, maker: undefined, kind: 'bare' },
  { rule: 'what made the cluster', request: {}, maker: 'kind', kind: 'kind' },
  { rule: 'the context that the name stands for', request: { context: 'prod' }, maker: 'context', kind: 'context' },
  { rule: 'nothing, so that the machine decides', request: {}, maker: undefined, kind: undefined },
] as const)('settles on $rule', ({ request, maker, kind }) => {
  const choice = settled(aRequest(request), maker);

  expect(choice?.kind).toBe(kind);
});

it('refuses to turn a cluster into a context of the user', () => {
  expect(() => settled(aRequest({ context: 'prod' }), 'bare')).toThrow(
    'cluster "vish" was made with bare and stays what it is: give the context "prod" another --name',
  );
});

it.each([
  { kind: [true, 'Docker and kind work'], bare: [true, 'Linux with Go'], choice: 'kind: Docker and kind work' },
  {
    kind: [false, 'kind is not installed'],
    bare: [true, 'Linux with Go'],
    choice: 'bare: kind is not installed; Linux with Go',
  },
] as const)('takes the first that works and says what was against the others: $choice', ({ kind, bare, choice }) => {
  const chosen = choose([
    { kind: 'kind', probe: { usable: kind[0], why: kind[1] } },
    { kind: 'bare', probe: { usable: bare[0], why: bare[1] } },
  ]);

  expect(`${chosen.kind}: ${chosen.why}`).toBe(choice);
});

it('names every choice when nothing works', () => {
  const nothing = () =>
    choose([
      { kind: 'kind', probe: { usable: false, why: 'docker is not installed' } },
      { kind: 'bare', probe: { usable: false, why: 'a bare cluster with a node needs root' } },
    ]);

  expect(nothing).toThrow(/kind: docker is not installed\n {2}bare: a bare cluster with a node needs root\n/);
  expect(nothing).toThrow(/Docker, kind and kubectl(.|\n)*as root(.|\n)*--context NAME(.|\n)*--api-only/);
});

const aDriver = (kind: Driver['kind'], probe: Driver['probe']): Driver => ({
  kind,
  probe,
  up: () => Promise.resolve(),
  down: () => Promise.resolve(),
  status: () => Promise.resolve({ healthy: true, parts: [], urls: {}, versions: {} }),
  load: () => Promise.resolve(),
  logs: () => Promise.resolve(),
  binaries: () => Promise.resolve([]),
});

it('never takes a context that was not named, even when nothing else works', async () => {
  const drivers = [
    aDriver('context', () => Promise.resolve({ usable: true, why: 'kubectl is there' })),
    aDriver('bare', () => Promise.resolve({ usable: false, why: 'no Go' })),
  ];

  await expect(chooseDriver(drivers, aRequest(), undefined)).rejects.toThrow('bare: no Go');
});

it('asks nothing of the machine for a cluster that exists', async () => {
  const drivers = [
    aDriver('kind', () => Promise.reject(new Error('asked'))),
    aDriver('bare', () => Promise.reject(new Error('asked'))),
  ];

  const { driver } = await chooseDriver(drivers, aRequest(), 'bare');

  expect(driver.kind).toBe('bare');
});

it.each([
  ['context.json', 'context'],
  ['kind.json', 'kind'],
  ['cluster.json', 'bare'],
  ['other.json', undefined],
])('reads from %s that the cluster was made with %s', async (file, kind) => {
  const root = await mkdtemp(join(tmpdir(), 'vish-'));
  onTestFinished(() => rm(root, { recursive: true }));
  const paths = pathsOf('vish', root);
  await mkdir(paths.state, { recursive: true });
  await writeFile(join(paths.state, file), '{}');

  expect(await makerOf(paths)).toBe(kind);
});
