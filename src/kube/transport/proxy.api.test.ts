import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, inject, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { type ConnectProxy, startConnectProxy } from '../../../test/support/connect-proxy.ts';
import { type LeakDetector, watchForLeaks } from '../../../test/support/leaks/open-handles.ts';
import { until } from '../../../test/support/until.ts';
import { systemClock as clock, systemRandom as random } from '../../seams/system.ts';
import { loadConnection } from '../connection/load-connection.ts';
import { createTransport } from './create-transport.ts';
import type { Protocol } from './pools.ts';
import type { Transport } from './transport.ts';

interface Config {
  clusters: { cluster: { server: string; 'proxy-url'?: string } }[];
}

let folder: string;
let proxy: ConnectProxy;
let leaks: LeakDetector;
let server: string;
const open: Transport[] = [];

beforeEach(async () => {
  leaks = watchForLeaks();
  folder = await mkdtemp(join(tmpdir(), 'proxy-'));
  proxy = await startConnectProxy();
});

afterEach(async () => {
  for (const transport of open.splice(0)) await transport.close();
  await proxy.close();
  await rm(folder, { recursive: true });
  await leaks.expectNone();
});

/** The real API server, by a kubeconfig that names a proxy. */
async function through(proxyUrl: string, protocol: Protocol = 'auto'): Promise<Transport> {
  const config = parse(await readFile(inject('kubeconfig'), 'utf8')) as Config;
  for (const { cluster } of config.clusters) {
    cluster['proxy-url'] = proxyUrl;
    server = new URL(cluster.server).host;
  }
  const kubeconfig = join(folder, 'kubeconfig');
  await writeFile(kubeconfig, stringify(config));
  const transport = createTransport({
    connection: await loadConnection({ clock, kubeconfig }),
    clock,
    random,
    protocol,
  });
  open.push(transport);
  return transport;
}

function withCredentials(userInfo: string): string {
  return proxy.url.replace('//', `//${userInfo}@`);
}

async function version(transport: Transport): Promise<string> {
  const { body } = await transport.request({ method: 'GET', path: '/version', timeoutMs: 5_000 });
  return (JSON.parse(body.toString()) as { major: string }).major;
}

async function firstEvent(transport: Transport): Promise<string> {
  const path = '/api/v1/namespaces?watch=1&timeoutSeconds=300';
  for await (const chunk of (await transport.stream({ method: 'GET', path })).body) return String(chunk);
  return '';
}

it.each<Protocol>(['auto', 'h1', 'h2'])(
  'calls and watches through the proxy and never around it, over %s',
  async (protocol) => {
    const transport = await through(proxy.url, protocol);

    expect(await version(transport)).toBe('1');
    expect(await firstEvent(transport)).toMatch(/^\{"type":"ADDED"/);
    expect(proxy.tunnels).toEqual([server, server]);
  },
);

it('shows the proxy the credentials of its URL, unescaped', async () => {
  proxy.credentials = 'team a:p@ss/word';
  const transport = await through(withCredentials('team%20a:p%40ss%2Fword'));

  expect(await version(transport)).toBe('1');
  expect(await firstEvent(transport)).toMatch(/^\{"type":"ADDED"/);
});

it('opens no more tunnels than it may have connections', async () => {
  const transport = await through(proxy.url);
  for (let round = 0; round < 3; round++) await Promise.all(Array.from({ length: 30 }, () => version(transport)));

  expect(proxy.tunnels.length).toBeLessThanOrEqual(10);
});

it.each([
  [
    407,
    'GET /version: cannot connect: the proxy asks for credentials (407); put them into proxy-url of the kubeconfig, as in http://USER:PASSWORD@HOST:PORT',
  ],
  [
    403,
    'GET /version: cannot connect: the proxy refused a tunnel to the API server (403); allow it there, or take proxy-url out of the kubeconfig',
  ],
])('says that the proxy refused with %i, and what to do', async (status, message) => {
  proxy.refuseWith = status;
  const transport = await through(withCredentials('user:hunter2'));

  const error = await version(transport).catch((refused: Error) => refused);

  expect(error).toMatchObject({ code: 'Unavailable', message });
  expect(String((error as Error).stack)).not.toContain('hunter2');
});

it('says the same of a watch', async () => {
  proxy.credentials = 'user:right';
  const transport = await through(withCredentials('user:wrong'));

  await expect(firstEvent(transport)).rejects.toThrow('the proxy asks for credentials (407)');
});

it('tries again when the proxy could not reach the server, also what must not be done twice', async () => {
  proxy.refuseWith = 503;
  const transport = await through(proxy.url);
  const posted = transport.request({ method: 'POST', path: '/api/v1/namespaces', body: '{}' });
  await until(() => proxy.asked >= 2, { everyMs: 0 });
  proxy.refuseWith = undefined;

  expect((await posted).status).toBe(422);
});

it('names the address when nobody listens there', async () => {
  const transport = await through('http://127.0.0.1:1');

  await expect(version(transport)).rejects.toMatchObject({
    code: 'Unavailable',
    message: 'GET /version: cannot connect: connect ECONNREFUSED 127.0.0.1:1',
  });
});
