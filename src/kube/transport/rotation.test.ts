import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { refuseTokens } from '../../../test/support/fault-proxy/actions.ts';
import { type FaultProxy, startFaultProxy } from '../../../test/support/fault-proxy/fault-proxy.ts';
import { type LeakDetector, watchForLeaks } from '../../../test/support/leaks/open-handles.ts';
import { ManualClock } from '../../seams/manual-clock.ts';
import { systemClock } from '../../seams/system.ts';
import { fixedConnection } from '../connection/connection.ts';
import { KubeconfigError } from '../connection/kubeconfig.ts';
import { loadConnection } from '../connection/load-connection.ts';
import { createTransport } from './create-transport.ts';
import type { Transport } from './transport.ts';

/** Files change under a running process: the whole way from the file to the handshake. */
let leaks: LeakDetector;
let folder: string;
let upstream: Server;
let proxy: FaultProxy;
let clock: ManualClock;
let transport: Transport;

beforeEach(async () => {
  leaks = watchForLeaks();
  clock = new ManualClock();
  folder = await mkdtemp(join(tmpdir(), 'rotation-'));
  upstream = createServer((request, response) => {
    if (request.url === '/watch') response.write('first\n');
    else response.end('{}');
  });
  upstream.listen(0, '127.0.0.1');
  await once(upstream, 'listening');
  proxy = await startFaultProxy({ upstream: { url: `http://127.0.0.1:${(upstream.address() as AddressInfo).port}` } });
  await write('ca', proxy.ca);
  await use('ada');
  await write('token', 'old');
  const user = { 'client-certificate': 'cert', 'client-key': 'key', tokenFile: 'token' };
  const kubeconfig = {
    'current-context': 'c',
    clusters: [{ name: 'c', cluster: { server: proxy.url, 'certificate-authority': 'ca' } }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
  };
  const connection = await loadConnection({ clock, kubeconfig: await write('config', JSON.stringify(kubeconfig)) });
  // Its pings go by the machine's clock, so its watch over silent connections must too.
  transport = createTransport({ connection, clock: systemClock, random: { next: () => 0 } });
});

afterEach(async () => {
  await transport.close();
  await proxy.close();
  upstream.closeAllConnections();
  upstream.close();
  await rm(folder, { recursive: true });
  await leaks.expectNone();
});

async function write(name: string, text: string): Promise<string> {
  await writeFile(join(folder, name), text);
  return join(folder, name);
}

async function use(name: string): Promise<void> {
  const { cert, key } = await proxy.authority.client(name);
  await write('cert', cert);
  await write('key', key);
}

async function get(): Promise<number> {
  return (await transport.request({ method: 'GET', path: '/' })).status;
}

const lastName = () => proxy.requests.at(-1)?.clientName;

it('shows a new client certificate within a minute, and opens no new connections while it is the same', async () => {
  await get();
  await clock.advance(61_000);
  await get();
  const before = proxy.tcp.opened();
  await use('bob');
  await clock.advance(61_000);

  await get();

  expect([before, proxy.tcp.opened(), lastName()]).toEqual([1, 2, 'bob']);
});

it('goes on with the old certificate while a rotation is half done', async () => {
  await get();
  const { cert } = await proxy.authority.client('bob');
  await write('cert', cert);
  await clock.advance(61_000);

  expect([await get(), lastName()]).toEqual([200, 'ada']);
  await use('bob');
  await clock.advance(61_000);
  expect([await get(), lastName()]).toEqual([200, 'bob']);
});

it('lets a watch on the old certificate go on', async () => {
  const watch = await transport.stream({ method: 'GET', path: '/watch' });
  const chunks = watch.body[Symbol.asyncIterator]();
  await chunks.next();
  await use('bob');
  await clock.advance(61_000);
  await get();

  const silence = chunks.next().then(() => 'ended');
  const open = await Promise.race([silence, get().then(() => 'open')]);

  expect([open, lastName()]).toEqual(['open', 'bob']);
  silence.catch(() => undefined);
});

it('takes a new token at once when the old one expires', async () => {
  await get();
  proxy.fault({ action: refuseTokens((token) => token === 'new') });
  await write('token', 'new');
  await clock.advance(1_000);

  expect(await get()).toBe(200);
});

it('trusts a new authority of the server as soon as the file has it', async () => {
  await get();
  await proxy.swapAuthority();
  await write('ca', proxy.ca);
  await use('ada');
  proxy.tcp.reset();
  await clock.advance(1_000);

  expect(await get()).toBe(200);
});

it('says that there are no credentials, and sends nothing', async () => {
  const connection = {
    ...fixedConnection(proxy.url),
    credentials: () => Promise.reject(new KubeconfigError('no token')),
  };
  const blind = createTransport({ connection, clock: systemClock, random: { next: () => 0 } });

  await expect(blind.request({ method: 'GET', path: '/' })).rejects.toMatchObject({
    code: 'Unauthorized',
    message: 'GET /: no credentials: no token',
  });
});
