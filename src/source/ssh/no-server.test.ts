import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failure } from '../../../test/support/source-failure.ts';
import { makeKey } from '../../../test/support/ssh-server/keys.ts';
import { createOutbound, type Outbound } from '../../outbound/outbound.ts';
import type { Clock } from '../../seams/clock.ts';
import { ManualClock } from '../../seams/manual-clock.ts';
import { type GitCredentials, gitCredentials } from '../credentials.ts';
import type { SourceError } from '../errors.ts';
import { resolveRef } from '../resolve-ref.ts';

const host = 'git.test';
const patient = 60_000;

function reaching(port: number, clock: Clock = new ManualClock()): Outbound {
  return createOutbound({ clock, resolver: async () => ['127.0.0.1'], exceptions: [{ cidr: '127.0.0.1', port }] });
}

describe('what is no ssh server', () => {
  const key = ['-----BEGIN RSA PRIVATE KEY-----', btoa('no key at all'), '-----END RSA PRIVATE KEY-----'].join('\n');
  const credentials = gitCredentials({ 'ssh-privatekey': btoa(key), known_hosts: btoa(`${host} ssh-ed25519 AAAA`) });

  async function refusedBy(onSocket: (socket: Socket, clock: ManualClock) => void): Promise<SourceError> {
    const clock = new ManualClock();
    const fake = createServer((socket) => onSocket(socket.on('error', () => undefined).resume(), clock)).listen(
      0,
      '127.0.0.1',
    );
    await once(fake, 'listening');
    const { port } = fake.address() as AddressInfo;
    const outbound = reaching(port, clock);
    const request = { ref: { branch: 'main' }, signal: AbortSignal.timeout(patient) };
    const url = `ssh://git@${host}:${port}/a.git`;
    const error = await failure(resolveRef(outbound, { ...request, credentials: login, url }));
    await outbound.close();
    fake.close();
    await once(fake, 'close');
    return error;
  }

  let login: GitCredentials;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vish-no-ssh-'));
    const { privateKey, publicKey } = await makeKey(folder, 'login');
    login = gitCredentials({ 'ssh-privatekey': btoa(privateKey), known_hosts: btoa(`${host} ${publicKey}`) });
  });

  afterAll(() => rm(folder, { recursive: true }));

  it.each<[string, string, (socket: Socket, clock: ManualClock) => void]>([
    ['says nothing', 'too long', (_socket, clock) => void clock.advance(30_000)],
    ['hangs up', 'broke off', (socket) => socket.end()],
    ['speaks HTTP', 'broke', (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['hangs up after its name', 'broke off', (socket) => socket.end('SSH-2.0-x\r\n')],
    ['sends what it likes', 'broke', (socket) => socket.end(`SSH-2.0-x\r\n${'secret'.repeat(20_000)}`)],
  ])('is unreachable when it %s', async (_what, message, onSocket) => {
    const error = await refusedBy(onSocket);

    expect(error).toMatchObject({ reason: 'SourceUnreachable', message: expect.stringContaining(message) });
    expect(error.message).not.toContain('secret');
  });

  it('is not asked with a key that nobody can read', async () => {
    login = credentials;

    const error = await refusedBy((socket) => socket.end('SSH-2.0-x\r\n'));

    expect(error).toMatchObject({ reason: 'CredentialsMissing', message: expect.stringContaining('cannot be read') });
  });

  it('is not reached at an address inside', async () => {
    const outbound = reaching(1);
    const request = { ref: { branch: 'main' }, credentials, signal: AbortSignal.timeout(patient) };

    const error = await failure(resolveRef(outbound, { ...request, url: `git@${host}:a.git` }));
    await outbound.close();

    expect(error).toMatchObject({ reason: 'SourceRefused', message: expect.stringContaining('must not be reached') });
  });
});
