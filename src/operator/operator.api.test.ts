import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { request } from 'undici';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bundle } from '../../hack/build/bundle.ts';
import { type ApiServer, startApiServer } from '../../hack/cluster/api-server.ts';
import { freePort } from '../../hack/cluster/kind/ports.ts';
import { type Connected, connectTo } from '../../test/harness/connect.ts';
import { testCluster } from '../../test/support/kinds/cluster.ts';
import { until } from '../../test/support/until.ts';
import { leases } from '../kube/leader/lease.ts';

const namespace = 'operator-program';
let folder: string;
let program: ChildProcess;
let ports: { health: number; metrics: number };
let server: ApiServer;
let api: Connected;

beforeAll(async () => {
  // Of its own: an operator looks at every namespace, and would take the objects of other suites for its own.
  server = await startApiServer({ name: `operator-${process.pid}` });
  const kinds = await testCluster(namespace, server.kubeconfig);
  await kinds.close();
  api = await connectTo(server.kubeconfig);
  folder = mkdtempSync(join(tmpdir(), 'vish-operator-'));
  const outfile = join(folder, 'vish.js');
  await bundle({ entry: 'src/main.ts', outfile });
  ports = { health: await freePort(), metrics: await freePort() };
  const flags = ['--kubeconfig', server.kubeconfig, '--namespace', namespace];
  const listen = ['--health-port', String(ports.health), '--metrics-port', String(ports.metrics)];
  program = spawn(process.execPath, [outfile, ...flags, ...listen], { stdio: ['ignore', 'pipe', 'inherit'] });
});

afterAll(async () => {
  if (program.exitCode === null) program.kill('SIGKILL');
  rmSync(folder, { recursive: true });
  await api.close();
  await server.stop();
});

it('tells Prometheus what the reference says, and nothing else', async () => {
  await until(async () => (await status(`http://127.0.0.1:${ports.health}/readyz`)) === 200);
  const answer = await request(`http://127.0.0.1:${ports.metrics}/metrics`);
  const told = [...(await answer.body.text()).matchAll(/^# TYPE (\S+) /gm)].map(([, name]) => name);
  const reference = readFileSync('docs/reference/metrics.md', 'utf8');
  const known = [...reference.matchAll(/^\| `([a-z0-9_]+)` \|/gm)].map(([, name]) => name);

  expect(new Set(told)).toEqual(new Set(known));
});

it('the bundle takes the lease, answers probes and scrapes, and gives the lease back on SIGTERM', async () => {
  await until(async () => (await status(`http://127.0.0.1:${ports.health}/readyz`)) === 200);
  await until(async () => (await holder()) !== '');
  expect(await status(`http://127.0.0.1:${ports.metrics}/metrics`)).toBe(200);

  program.kill('SIGTERM');
  const [code] = await once(program, 'exit');

  expect(code).toBe(0);
  expect(await holder()).toBe('');
});

async function holder(): Promise<string> {
  const lease = await api.client.get(leases, { namespace, name: 'vish' });
  return lease.spec?.holderIdentity ?? '';
}

/** 0 when nobody answers. */
async function status(url: string): Promise<number> {
  const answer = await request(url).catch(() => undefined);
  await answer?.body.dump();
  return answer?.statusCode ?? 0;
}
