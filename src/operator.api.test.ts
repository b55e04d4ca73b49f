import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { request } from 'undici';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { bundle } from '../hack/build/bundle.ts';
import { eventually, openApi } from '../test/support/api-client.ts';
import { leases } from './kube/leader/lease.ts';

const namespace = 'operator-program';
let folder: string;
let program: ChildProcess;
let ports: { health: number; metrics: number };
let api: Awaited<ReturnType<typeof openApi>>;

beforeAll(async () => {
  api = await openApi(namespace);
  folder = mkdtempSync(join(tmpdir(), 'vish-operator-'));
  const outfile = join(folder, 'vish.js');
  await bundle({ entry: 'src/main.ts', outfile });
  ports = { health: await freePort(), metrics: await freePort() };
  const flags = ['--kubeconfig', inject('kubeconfig'), '--namespace', namespace];
  const listen = ['--health-port', String(ports.health), '--metrics-port', String(ports.metrics)];
  program = spawn(process.execPath, [outfile, ...flags, ...listen], { stdio: ['ignore', 'pipe', 'inherit'] });
});

afterAll(async () => {
  if (program.exitCode === null) program.kill('SIGKILL');
  rmSync(folder, { recursive: true });
  await api.close();
});

it('the bundle takes the lease, answers probes and scrapes, and gives the lease back on SIGTERM', async () => {
  await eventually(async () => (await status(`http://127.0.0.1:${ports.health}/readyz`)) === 200);
  await eventually(async () => (await holder()) !== '');
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

/** Free a moment ago, which is the best that a program can be told that does not report its port. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  return address.port;
}
