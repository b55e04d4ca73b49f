import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { request } from 'undici';
import { describe, expect, inject, it } from 'vitest';
import { defaultContext } from '../../../test/support/node.ts';
import { run } from '../../lib/run.ts';
import { pathsOf } from '../paths.ts';
import { compareSnapshots, takeSnapshot } from '../soak/snapshot.ts';
import { bareDriver } from './driver.ts';
import { containerdSocket } from './node/containerd.ts';
import { lateComponents, nodeComponents } from './node/parts.ts';

const context = { ...defaultContext(), report: { terminal: false, say: () => undefined, progress: () => undefined } };
const kubectl = (args: string[], input = '') =>
  run(join(inject('node').binaries, 'kubectl'), [`--kubeconfig=${inject('node').kubeconfig}`, ...args], { input });

describe('a node whose parts are killed', () => {
  it.each([...nodeComponents, ...lateComponents].map(({ name }) => name))(
    'names %s as down, and up repairs it until the node is Ready again',
    async (name) => {
      const before = await bareDriver.status(context);
      process.kill(before.parts.find((part) => part.name === name)?.pid ?? Number.NaN, 'SIGKILL');

      const broken = await bareDriver.status(context);
      await bareDriver.up(context);
      const repaired = await bareDriver.status(context);

      expect(broken.healthy).toBe(false);
      expect(broken.parts.find((part) => part.name === name)).toMatchObject({ healthy: false, detail: 'not running' });
      expect(repaired.parts.filter((part) => !part.healthy)).toEqual([]);
    },
  );

  it('changes nothing when everything runs', async () => {
    const before = await bareDriver.status(context);

    await bareDriver.up(context);

    expect(await bareDriver.status(context)).toEqual(before);
  });
});

it('has a bridge whose hardware address is set, not taken from a pod that may go', async () => {
  const addressGiven = '3\n';

  expect(await readFile('/sys/class/net/vish0/addr_assign_type', 'utf8')).toBe(addressGiven);
});

describe('a second cluster with a node', () => {
  it('is refused with what to do instead, and leaves no trace', async () => {
    const name = 'test-second';
    const second = { ...context, request: { ...context.request, name }, paths: pathsOf(name) };

    await expect(bareDriver.up(second)).rejects.toThrow(/node of one cluster[\s\S]*take it down first/);

    expect(await readdir(dirname(second.paths.state))).not.toContain(name);
  });
});

describe('pods on the node', () => {
  it('mount a volume of the default class and outlive a containerd that was killed', async () => {
    await kubectl(['apply', '-f', '-'], JSON.stringify(workload));
    await kubectl(['wait', '--for=condition=Available', 'deployment/volume-user', '--timeout=60s'], '');
    const pods = await podsWithRestarts();
    const before = await bareDriver.status(context);
    process.kill(before.parts.find((part) => part.name === 'containerd')?.pid ?? Number.NaN, 'SIGKILL');

    await bareDriver.up(context);

    await kubectl(['wait', '--for=condition=Available', 'deployment/volume-user', '--timeout=60s']);
    const { stdout } = await kubectl(['get', 'pvc', 'volume-user', '-o', 'jsonpath={.status.phase}']);
    expect(stdout).toBe('Bound');
    expect(pods).toMatch(/^volume-user-\S+ 0;$/);
    expect(await podsWithRestarts()).toEqual(pods);
    await kubectl(['delete', '--wait', '-f', '-'], JSON.stringify(workload));
  });
});

describe('an image archive', () => {
  it('is loaded into the node and into the registry under its own name', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'vish-archive-'));
    const archive = join(folder, 'pause.tar');
    const images = ['-a', containerdSocket, '-n', 'k8s.io', 'images'];
    await run(join(inject('node').binaries, 'ctr'), [
      ...images,
      'tag',
      '--force',
      'vish.dev/pause:1',
      'vish.dev/loaded:1',
    ]);
    await run(join(inject('node').binaries, 'ctr'), [...images, 'export', archive, 'vish.dev/loaded:1']);
    await run(join(inject('node').binaries, 'ctr'), [...images, 'remove', 'vish.dev/loaded:1']);

    await bareDriver.load(context, [archive]);

    const { stdout } = await run(join(inject('node').binaries, 'ctr'), [...images, 'list', '--quiet']);
    const tags = await request(`http://${inject('node').registry}/v2/loaded/tags/list`);
    expect(stdout.split('\n')).toContain('vish.dev/loaded:1');
    expect(await tags.body.json()).toEqual({ name: 'loaded', tags: ['1'] });
    await rm(folder, { recursive: true });
  });
});

describe('taking the node down', () => {
  it('leaves the machine as it was, with pods running, and up brings everything back', async () => {
    const state = context.paths.state;
    await bareDriver.down(context);
    const clean = await takeSnapshot(state);
    await bareDriver.up(context);
    await kubectl(['apply', '-f', '-'], JSON.stringify(workload));
    await kubectl(['wait', '--for=condition=Available', 'deployment/volume-user', '--timeout=60s']);

    await bareDriver.down(context);
    const after = await takeSnapshot(state);
    await bareDriver.up(context);

    expect(compareSnapshots(clean, after)).toEqual([]);
    await kubectl(['wait', '--for=condition=Available', 'deployment/volume-user', '--timeout=60s']);
    await kubectl(['delete', '--wait', '-f', '-'], JSON.stringify(workload));
  });
});

/** Names with the number of restarts: both stay when containers survive. */
async function podsWithRestarts(): Promise<string> {
  const columns = 'jsonpath={range .items[*]}{.metadata.name} {.status.containerStatuses[*].restartCount};{end}';
  return (await kubectl(['get', 'pods', '-l', 'app=volume-user', '-o', columns])).stdout;
}

const metadata = { name: 'volume-user' };
const labels = { app: 'volume-user' };
const workload = {
  apiVersion: 'v1',
  kind: 'List',
  items: [
    {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata,
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Mi' } } },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata,
      spec: {
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            terminationGracePeriodSeconds: 1,
            containers: [
              {
                name: 'pause',
                image: 'vish.dev/pause:1',
                imagePullPolicy: 'Never',
                volumeMounts: [{ name: 'data', mountPath: '/data' }],
              },
            ],
            volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'volume-user' } }],
          },
        },
      },
    },
  ],
};
