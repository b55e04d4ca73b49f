import { X509Certificate } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { expect, it, onTestFinished } from 'vitest';
import { createAuthority } from '../../../test/support/certificates.ts';
import { aServer } from '../../../test/support/http.ts';
import { recordingLogger } from '../../../test/support/recording-logger.ts';
import { ManualClock } from '../../seams/manual-clock.ts';
import { createRegistry } from '../metrics/registry.ts';
import { Health } from './health.ts';
import { HttpServer } from './http-server.ts';
import { metricsPage } from './metrics-page.ts';

function aHealthServer() {
  const clock = new ManualClock();
  const health = new Health({ clock, logger: recordingLogger() });
  return { ...aServer({ handler: health.handle }), health, clock };
}

const down = () => {
  throw new Error('informer of secrets is behind');
};

it('answers that it lives and is ready, and shows the checks when asked', async () => {
  const { get, health } = aHealthServer();
  health.addReady('caches', () => undefined);

  expect(await get('/healthz')).toMatchObject({ status: 200, body: 'ok\n' });
  expect(await get('/readyz?verbose')).toMatchObject({ status: 200, body: '[+]caches ok\nreadyz check passed\n' });
});

it('says which check failed, and keeps the reason for the log', async () => {
  const { get, health } = aHealthServer();
  health.addReady('caches', down);
  health.addReady('leader', () => undefined);

  const answer = await get('/readyz');

  expect(answer.status).toBe(503);
  expect(answer.body).toBe('[-]caches failed: see the log\n[+]leader ok\nreadyz check failed\n');
});

it('asks one check by its path, and leaves checks out on demand', async () => {
  const { get, health } = aHealthServer();
  health.addReady('caches', down);
  health.addReady('leader', () => undefined);

  expect((await get('/readyz/leader')).status).toBe(200);
  expect((await get('/readyz/caches')).status).toBe(503);
  expect((await get('/readyz/none')).status).toBe(404);
  expect((await get('/readyz?exclude=caches')).status).toBe(200);
  expect((await get('/else')).status).toBe(404);
});

it('a check that hangs has failed after five seconds', async () => {
  const { get, health, clock } = aHealthServer();
  const asked = Promise.withResolvers<void>();
  health.addReady('slow', () => {
    asked.resolve();
    return new Promise(() => undefined);
  });

  const answer = get('/readyz');
  await asked.promise;
  await clock.advance(5000);

  expect((await answer).status).toBe(503);
});

it('refuses a check name that is no path segment, or is taken', () => {
  const { health } = aHealthServer();

  expect(() => health.addReady('a/b', () => undefined)).toThrow('use letters');
  expect(() => health.addLive('ping', () => undefined)).toThrow('exists already');
});

it('shows metrics of the process and of the registry it was given', async () => {
  const { get } = aServer({ handler: metricsPage(createRegistry({ version: '1.2.3', commit: 'abc' })) });

  const answer = await get('/metrics');

  expect(answer.headers['content-type']).toContain('text/plain');
  expect(answer.body).toContain('process_resident_memory_bytes');
  expect(answer.body).toContain('vish_build_info{version="1.2.3",commit="abc"');
  expect((await get('/')).status).toBe(404);
});

it('refuses everything but GET and HEAD, and bodies', async () => {
  const { get } = aHealthServer();

  expect((await get('/healthz', { method: 'POST', body: 'x' })).status).toBe(405);
  expect((await get('/healthz', { method: 'GET', body: 'x' })).status).toBe(413);
  expect(await get('/healthz', { method: 'HEAD' })).toMatchObject({ status: 200, body: '' });
});

it('refuses headers beyond its limit', async () => {
  const { get } = aHealthServer();

  expect((await get('/healthz', { headers: { 'x-long': 'x'.repeat(20_000) } })).status).toBe(431);
});

it('a handler that throws is answered with 500, without its reason', async () => {
  const { get, logger } = aServer({ handler: () => Promise.reject(new Error('inside')) });

  expect(await get('/')).toMatchObject({ status: 500, body: 'failed, see the log\n' });
  expect(logger.lines).toContainEqual(expect.objectContaining({ message: 'a request failed' }));
});

it.each(['http://[', '//', '/%zz', '*'])('answers the odd target %s', async (target) => {
  const { server } = aHealthServer();

  const answer = await raw(await server.port, `GET ${target} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`);

  expect(answer).toMatch(/^HTTP\/1\.1 (400|404|500)/);
});

it('ends although a client keeps its connection open', async () => {
  const { get, close } = aHealthServer();
  await get('/healthz');

  await expect(close()).resolves.toBeUndefined();
});

it('serves TLS, takes over new files, and keeps the old pair when the new one does not fit', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'server-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const tls = { certFile: join(folder, 'tls.crt'), keyFile: join(folder, 'tls.key') };
  const install = async ({ cert, key }: { cert: string; key: string }) => {
    await writeFile(tls.certFile, cert);
    await writeFile(tls.keyFile, key);
  };
  const authority = await createAuthority();
  const [first, second] = await Promise.all([authority.serving(), authority.serving()]);
  await install(first);
  const { server, clock, logger, get } = aServer({ tls, handler: async () => ({ status: 200, body: 'ok' }) });
  const answer = await get('/');

  await install({ cert: first.cert, key: second.key });
  await turn(clock, () => logger.lines.length > 0);
  const afterMismatch = await servedCertificate(await server.port);
  await install(second);
  let afterRenewal = afterMismatch;
  await turn(clock, async () => {
    afterRenewal = await servedCertificate(await server.port);
    return afterRenewal !== afterMismatch;
  });

  expect(answer.status).toBe(200);
  expect(afterMismatch).toBe(new X509Certificate(first.cert).fingerprint256);
  expect(afterRenewal).toBe(new X509Certificate(second.cert).fingerprint256);
});

it('says which port it could not take', async () => {
  const { server } = aHealthServer();
  const options = { host: '127.0.0.1', port: await server.port, clock: new ManualClock(), logger: recordingLogger() };
  const second = new HttpServer({ name: 'metrics', handler: () => Promise.reject(new Error('unused')), ...options });

  await expect(second.start(new AbortController().signal)).rejects.toThrow('start the metrics server on port');
  await expect(second.ready()).rejects.toThrow('start the metrics server on port');
});

/** Moves the clock in steps until `check` is true: files are read in real time. */
async function turn(clock: ManualClock, check: () => boolean | Promise<boolean>): Promise<void> {
  for (let step = 0; step < 500; step++) {
    if (await check()) return;
    await clock.advance(30_000);
  }
  throw new Error('it did not happen');
}

function servedCertificate(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate().fingerprint256);
      socket.destroy();
    });
    socket.on('error', reject);
  });
}

/** Sends bytes that no HTTP library would. */
function raw(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('error', reject);
    socket.on('close', () => resolve(Buffer.concat(chunks).toString()));
  });
}
