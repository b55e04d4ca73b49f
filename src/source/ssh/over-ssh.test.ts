import { access, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRepository, type Repository } from '../../../test/support/git-server/repository.ts';
import { failure } from '../../../test/support/source-failure.ts';
import { hashed, type KeyPair, makeKey } from '../../../test/support/ssh-server/keys.ts';
import { findSshd } from '../../../test/support/ssh-server/program.ts';
import { type SshServer, type SshServerOptions, startSshServer } from '../../../test/support/ssh-server/ssh-server.ts';
import { until } from '../../../test/support/until.ts';
import { createOutbound, type Outbound } from '../../outbound/outbound.ts';
import type { Clock } from '../../seams/clock.ts';
import { ManualClock } from '../../seams/manual-clock.ts';
import { systemClock } from '../../seams/system.ts';
import { type GitCredentials, gitCredentials } from '../credentials.ts';
import { type RefRequest, resolveRef } from '../resolve-ref.ts';

const sshd = await findSshd();
const host = 'git.test';
const patient = 60_000;

let root: string;
let repository: Repository;
let first: string;
let newest: string;
let server: SshServer;
let older: SshServer;
let stranger: KeyPair;

/** The outbound client of an operator whose administrator allowed this machine at one port. */
function reaching(port: number, clock: Clock = systemClock): Outbound {
  return createOutbound({ clock, resolver: async () => ['127.0.0.1'], exceptions: [{ cidr: '127.0.0.1', port }] });
}

const named = ({ port }: { port: number }) => `[${host}]:${port}`;
const lineOf = (of: { port: number }, { publicKey }: KeyPair) => `${named(of)} ${publicKey}`;

function secretOf(knownHosts: string, { privateKey }: KeyPair = server.login): GitCredentials {
  return gitCredentials({ 'ssh-privatekey': btoa(privateKey), known_hosts: btoa(knownHosts) });
}

interface Question extends Partial<RefRequest> {
  readonly at?: SshServer;
  readonly path?: string;
  readonly clock?: Clock;
}

async function resolve({ at = server, path = '/acme/shop.git', clock, ...request }: Question = {}) {
  const outbound = reaching(at.port, clock);
  try {
    return await resolveRef(outbound, {
      url: `ssh://${at.user}@${host}:${at.port}${root}${path}`,
      ref: { branch: 'main' },
      credentials: secretOf(lineOf(at, at.hostKeys.ed25519), at.login),
      signal: AbortSignal.timeout(patient),
      ...request,
    });
  } finally {
    await outbound.close();
  }
}

async function withServer<T>(options: Partial<SshServerOptions>, work: (at: SshServer) => Promise<T>): Promise<T> {
  if (sshd === undefined) throw new Error('there is no sshd');
  const at = await startSshServer({ sshd, root, ...options });
  try {
    return await work(at);
  } finally {
    await at[Symbol.asyncDispose]();
  }
}

// Needs an OpenSSH server of the machine, or Debian's archive.
describe.skipIf(sshd === undefined)('a repository behind a real sshd', { timeout: patient }, () => {
  beforeAll(async () => {
    if (sshd === undefined) throw new Error('there is no sshd');
    root = await mkdtemp(join(tmpdir(), 'vish-over-ssh-'));
    repository = await createRepository(root, 'acme/shop.git');
    first = await repository.commit({ files: { a: '1' } });
    await repository.git('tag', 'light', first);
    await repository.git('tag', '--annotate', 'v1', '--message', 'one', first);
    newest = await repository.commit({ files: { a: '2' } });
    server = await startSshServer({ sshd, root });
    older = await startSshServer({ sshd, root, hearsProtocol: false });
    stranger = await makeKey(root, 'stranger');
  });

  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await older[Symbol.asyncDispose]();
    await rm(root, { recursive: true, force: true });
  });

  it.each([
    ['protocol 2', () => server],
    ['an older protocol', () => older],
  ])('tells where branches and tags are, in %s', async (_what, at) => {
    const commit = async (ref: RefRequest['ref']) => (await resolve({ at: at(), ref })).commit;

    expect(await commit({ branch: 'main' })).toBe(newest);
    expect(await commit({ tag: 'light' })).toBe(first);
    expect(await commit({ tag: 'v1' })).toBe(first);
    expect(await commit({ commit: 'c'.repeat(40) })).toBe('c'.repeat(40));
    expect(await failure(resolve({ at: at(), ref: { branch: 'mai' } }))).toMatchObject({ reason: 'SourceNotFound' });
  });

  it('reads a repository whose ids are SHA-256', async () => {
    const other = await createRepository(root, 'sha256.git', { objectFormat: 'sha256' });
    const commit = await other.commit({ files: { a: '1' } });

    expect((await resolve({ path: '/sha256.git' })).commit).toBe(commit);
  });

  it.each(['rsa', 'ecdsa'] as const)('logs in with a key of type %s', async (type) => {
    const key = await makeKey(root, `login-${type}`, { type, ...(type === 'rsa' && { format: 'PEM' as const }) });
    await withServer({ authorized: [key] }, async (at) => {
      const credentials = secretOf(lineOf(at, at.hostKeys.ed25519), key);

      expect((await resolve({ at, credentials })).commit).toBe(newest);
    });
  });

  it('knows a host by any of its keys, also when its name is hashed', async () => {
    const file = join(root, 'known_hosts');
    await writeFile(file, `${lineOf(server, server.hostKeys.rsa)}\n`);

    expect((await resolve({ credentials: secretOf(await hashed(file)) })).commit).toBe(newest);
  });

  it.each([
    [
      'has no line for it',
      () => `other.test ${server.hostKeys.ed25519.publicKey}`,
      /has no line for \[git.test\]:\d+; compare/,
    ],
    ['has another key for it', () => lineOf(server, stranger), /has another one for .* somebody answers in its place/],
    ['believes an authority', () => `@cert-authority * ${stranger.publicKey}`, /only a line @cert-authority/],
    [
      'revokes its key',
      () => `${lineOf(server, server.hostKeys.ed25519)}\n@revoked * ${server.hostKeys.ed25519.publicKey}`,
      /@revoked of known_hosts .* forbids/,
    ],
  ])('does not believe a host when known_hosts %s, and names the key', async (_what, knownHosts, message) => {
    const before = server.log().length;

    const error = await failure(resolve({ credentials: secretOf(knownHosts()) }));

    expect(error).toMatchObject({ reason: 'SourceRefused', retryable: false, message: expect.stringMatching(message) });
    expect(error.message).toContain(`the key ${server.hostKeys.ed25519.fingerprint}`);
    expect(server.log().slice(before)).not.toContain('Accepted');
  });

  it('says of a key that the host does not let in what to do, and shows nothing of it', async () => {
    const error = await failure(resolve({ credentials: secretOf(lineOf(server, server.hostKeys.ed25519), stranger) }));

    expect(error).toMatchObject({ reason: 'SourceForbidden', message: expect.stringContaining('as a deploy key') });
    expect(error.message).not.toContain('PRIVATE');
  });

  it('says of a repository that is not there what to do, in words of its own', async () => {
    const error = await failure(resolve({ path: '/nothing.git' }));

    expect(error).toMatchObject({ reason: 'SourceNotFound', retryable: false });
    expect(error.message).not.toContain('does not appear');
  });

  it.each([
    `/acme/shop.git%27;touch%20MARKER;%27`,
    '/$(touch%20MARKER)',
    '/%22;touch%20MARKER;%22',
    '/a;touch%20MARKER',
    '/a%26%26touch%20MARKER',
    '/a|touch%20MARKER',
    '/%60touch%20MARKER%60',
  ])('hands %s to no shell', async (path) => {
    const marker = join(root, 'marker');

    const error = await failure(resolve({ path: path.replace('MARKER', marker) }));

    expect(error.reason).toBe('SourceNotFound');
    await expect(access(marker)).rejects.toThrow('ENOENT');
  });

  it('takes the short form from the home of the user', async () => {
    // The short form has no port: as where 22 is the host's own.
    const outbound = reaching(server.port);
    const connect: Outbound['connect'] = (request) =>
      outbound.connect({ ...request, url: `ssh://git@${host}:${server.port}/` });
    const { user } = server;
    const request = { ref: { branch: 'main' }, signal: AbortSignal.timeout(patient) };
    const credentials = secretOf(`${host} ${server.hostKeys.ed25519.publicKey}`);

    const resolved = await resolveRef(
      { ...outbound, connect },
      { ...request, url: `${user}@${host}:acme/shop.git`, credentials },
    );
    await outbound.close();

    expect(resolved).toEqual({ commit: newest, repositoryId: `ssh://${user}@${host}/acme/shop` });
  });

  it.each([
    [
      'sends lines without end',
      'printf "000eversion 2\\n"; yes 0008aaaa | tr -d "\\n"',
      'SourceUnreachable',
      'too many lines',
    ],
    ['sends what is no protocol', 'cat /dev/zero', 'SourceUnreachable', 'no valid length'],
    ['writes to people without end', 'cat /dev/zero >&2', 'SourceRefused', 'too large'],
    ['ends without a word', 'exit 3', 'SourceNotFound', 'hidden from this ssh key'],
    ['has no git', 'git-of-nobody', 'SourceNotFound', 'no git answers'],
    ['kills its own program', 'kill -9 $$', 'SourceUnreachable', 'broke off'],
    ['repeats what it likes', 'printf "0011ERR secret\\033[31m"', 'SourceUnreachable', 'cannot serve the repository'],
  ])('is not held up by a host that %s', async (_what, command, reason, message) => {
    await withServer({ command }, async (at) => {
      const error = await failure(resolve({ at }));

      expect(error).toMatchObject({ reason, message: expect.stringContaining(message) });
      expect(error.message).not.toContain('secret');
    });
  });

  it('gives up on a host that takes the command and never answers', async () => {
    await withServer({ command: 'cat' }, async (at) => {
      const clock = new ManualClock();
      const attempt = failure(resolve({ at, clock }));
      await until(() => at.log().includes('Starting session'));
      await clock.advance(30_000);

      expect(await attempt).toMatchObject({
        reason: 'SourceUnreachable',
        message: expect.stringContaining('too long'),
      });
    });
  });

  it('gives up when whoever asked does', async () => {
    await withServer({ command: 'cat' }, async (at) => {
      const asking = new AbortController();
      const attempt = resolve({ at, signal: asking.signal });
      const outcome = attempt.catch((error: unknown) => error);
      await until(() => at.log().includes('Starting session'));
      asking.abort(new Error('stopping'));

      expect(await outcome).toEqual(new Error('stopping'));
    });
  });
});
