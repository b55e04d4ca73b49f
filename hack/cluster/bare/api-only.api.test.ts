import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../../lib/run.ts';
import { removeApiServer } from '../api-server.ts';
import type { DriverContext } from '../driver.ts';
import { pathsOf } from '../paths.ts';
import { compareSnapshots, takeSnapshot } from '../soak/snapshot.ts';
import { controlPlane } from './control-plane.ts';
import { bareDriver } from './driver.ts';

const [first, second] = ['a', 'b'].map((letter) => contextOf(`test-${letter}-${process.pid}`)) as [
  DriverContext,
  DriverContext,
];
const kubectl = async ({ paths }: DriverContext, ...args: string[]) =>
  (await run(join(paths.state, 'bin', 'kubectl'), [`--kubeconfig=${paths.kubeconfig}`, ...args])).stdout;

beforeAll(() => Promise.all([first, second].map((context) => bareDriver.up(context))));
afterAll(() => Promise.all([first, second].map(({ request }) => removeApiServer(request.name))));

describe('two api-only clusters at once', () => {
  it('do not see each other', async () => {
    await kubectl(first, 'create', 'namespace', 'only-here');

    expect(await kubectl(second, 'get', 'namespaces', '-o', 'name')).not.toContain('only-here');
  });
});

describe('an api-only cluster', () => {
  it.each(controlPlane.map(({ name }) => name))(
    'names %s as down when it was killed; up repairs it, keeps its data and its kubeconfig',
    async (name) => {
      const kubeconfig = await readFile(first.paths.kubeconfig, 'utf8');
      await kubectl(first, 'create', 'configmap', `before-${name}`);
      const { parts } = await bareDriver.status(first);
      process.kill(parts.find((part) => part.name === name)?.pid ?? Number.NaN, 'SIGKILL');

      const broken = await bareDriver.status(first);
      await bareDriver.up(first);
      const repaired = await bareDriver.status(first);

      expect(broken.healthy).toBe(false);
      expect(broken.parts.find((part) => part.name === name)).toMatchObject({ healthy: false, detail: 'not running' });
      expect(repaired.healthy).toBe(true);
      expect(await readFile(first.paths.kubeconfig, 'utf8')).toBe(kubeconfig);
      expect(await kubectl(first, 'get', 'configmap', `before-${name}`, '-o', 'name')).toContain(name);
    },
  );

  it('stays as it is when up finds it healthy', async () => {
    const before = await bareDriver.status(first);

    await bareDriver.up(first);

    expect(await bareDriver.status(first)).toEqual(before);
  });

  it('refuses to become a full cluster', async () => {
    const request = { ...first.request, apiOnly: false };

    await expect(bareDriver.up({ ...first, request })).rejects.toThrow('use another --name, or reset it');
  });

  it('leaves nothing on the machine when it is down, and has its data when it is up again', async () => {
    const { state } = second.paths;
    await kubectl(second, 'create', 'configmap', 'kept');
    await bareDriver.down(second);
    const clean = await takeSnapshot(state);
    await bareDriver.up(second);

    expect(await kubectl(second, 'get', 'configmap', 'kept', '-o', 'name')).toBe('configmap/kept\n');
    await bareDriver.down(second);

    const after = await takeSnapshot(state);
    // The default cluster may be up, and its pods come and go.
    expect(after['processes']?.filter((command) => command.includes(state))).toEqual([]);
    const differences = compareSnapshots({ ...clean, processes: [] }, { ...after, processes: [] });
    expect(differences.filter((line) => /vish/.test(line))).toEqual([]);
  });
});

function contextOf(name: string): DriverContext {
  const request = { name, apiOnly: true, hollowNodes: 0 };
  const report = { terminal: false, say: () => undefined, progress: () => undefined };
  return { request, paths: pathsOf(name), report };
}
