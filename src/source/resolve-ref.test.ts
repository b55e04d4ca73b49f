import { mkdtemp, rm } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type GitServer, startGitServer } from '../../test/support/git-server/git-server.ts';
import { createRepository, type Repository } from '../../test/support/git-server/repository.ts';
import { failure } from '../../test/support/source-failure.ts';
import { createOutbound, type Outbound } from '../outbound/outbound.ts';
import { systemClock } from '../seams/system.ts';
import { gitCredentials } from './credentials.ts';
import { type RefRequest, resolveRef } from './resolve-ref.ts';

const login = { username: 'ann', password: 'planted-password' };
const credentials = gitCredentials({ username: btoa(login.username), password: btoa(login.password) });

let root: string;
let repository: Repository;
let first: string;
let newest: string;
let server: GitServer;
let locked: GitServer;
let outbound: Outbound;
/** What the server does with a request before git sees it. */
let before: (...given: Parameters<RequestListener>) => boolean;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'vish-source-'));
  repository = await createRepository(root, 'acme/shop.git');
  first = await repository.commit({ files: { a: '1' } });
  await repository.git('tag', 'light', first);
  await repository.git('tag', '--annotate', 'v1', '--message', 'one', first);
  newest = await repository.commit({ files: { a: '2' } });
  await repository.commit({ files: { a: '3' }, branch: 'main-2' });
  server = await startGitServer({ root, before: (request, response) => before(request, response) });
  locked = await startGitServer({ root, login });
  outbound = createOutbound({
    clock: systemClock,
    resolver: async () => ['127.0.0.1'],
    exceptions: [server, locked].map(({ port }) => ({ cidr: '127.0.0.1', port, http: true })),
  });
});

afterAll(async () => {
  await outbound.close();
  await server[Symbol.asyncDispose]();
  await locked[Symbol.asyncDispose]();
  await rm(root, { recursive: true, force: true });
});

const nothing = () => false;

function resolve(request: Partial<RefRequest>, does: typeof before = nothing) {
  before = does;
  const url = `${server.url}/acme/shop.git`;
  return resolveRef(outbound, { url, ref: { branch: 'main' }, signal: AbortSignal.timeout(10_000), ...request });
}

const speaking = (version: string | undefined) => (request: Parameters<RequestListener>[0]) => {
  if (version === undefined) delete request.headers['git-protocol'];
  else request.headers['git-protocol'] = `version=${version}`;
  return false;
};

it.each(['2', '1', undefined])('resolves branches and tags of a host that speaks protocol %s', async (version) => {
  const commit = async (ref: RefRequest['ref']) => (await resolve({ ref }, speaking(version))).commit;

  expect(await commit({ branch: 'main' })).toBe(newest);
  expect(await commit({ tag: 'light' })).toBe(first);
  expect(await commit({ tag: 'v1' })).toBe(first);
  expect(await repository.git('rev-parse', 'v1')).not.toBe(first);
});

it('takes two requests for a branch, and one for a commit', async () => {
  server.requests.length = 0;
  await resolve({});
  expect(server.requests).toEqual([
    'GET /acme/shop.git/info/refs?service=git-upload-pack',
    'POST /acme/shop.git/git-upload-pack',
  ]);

  server.requests.length = 0;
  const { commit } = await resolve({ ref: { commit: 'c'.repeat(40) } });
  expect(commit).toBe('c'.repeat(40));
  expect(server.requests).toHaveLength(1);
});

it('reads a repository whose ids are SHA-256', async () => {
  const other = await createRepository(root, 'sha256.git', { objectFormat: 'sha256' });
  const commit = await other.commit({ files: { a: '1' } });

  expect(commit).toHaveLength(64);
  expect((await resolve({ url: `${server.url}/sha256.git` })).commit).toBe(commit);
});

it('gives a repository one identity however its address is written', async () => {
  const ids = await Promise.all(
    ['/acme/shop.git', '/acme/shop.git/'].map((path) => resolve({ url: server.url.replace('http', 'HTTP') + path })),
  );

  expect(ids.map(({ repositoryId }) => repositoryId)).toEqual([`${server.url}/acme/shop`, `${server.url}/acme/shop`]);
});

it.each(['2', undefined])(
  'does not take a branch with a longer name for the wanted one (protocol %s)',
  async (version) => {
    const error = await failure(resolve({ ref: { branch: 'mai' } }, speaking(version)));

    expect(error).toMatchObject({ reason: 'SourceNotFound', retryable: false });
    expect(error.message).toContain('has no branch "mai"; push it, or correct the name');
  },
);

it('says of a repository without commits that the branch is missing', async () => {
  await createRepository(root, 'empty.git');

  const error = await failure(resolve({ url: `${server.url}/empty.git` }));

  expect(error).toMatchObject({ reason: 'SourceNotFound' });
});

it('logs in with the credentials of a Secret', async () => {
  const { commit } = await resolve({ url: `${locked.url}/acme/shop.git`, credentials });

  expect(commit).toBe(newest);
});

it.each([
  ['no login', undefined, 'asks for a login or does not exist'],
  ['a wrong login', gitCredentials({ token: btoa('planted-token') }), 'refused the login; renew the Secret'],
])('with %s says what to do, and shows no credentials', async (_what, credentials, message) => {
  const error = await failure(resolve({ url: `${locked.url}/acme/shop.git`, credentials }));

  expect(error).toMatchObject({ reason: 'SourceForbidden', retryable: false });
  expect(error.message).toContain(message);
  expect(error.message).not.toMatch(/planted|Basic/);
});

const answering =
  (status: number, headers: Record<string, string> = {}, body = '') =>
  (...[, response]: Parameters<RequestListener>) => {
    response.writeHead(status, headers).end(body);
    return true;
  };
const git = { 'content-type': 'application/x-git-upload-pack-advertisement' };

it.each([
  ['404', answering(404), 'SourceNotFound'],
  ['403', answering(403), 'SourceForbidden'],
  ['500', answering(500), 'SourceUnreachable'],
  ['429', answering(429, { 'retry-after': '120' }), 'SourceUnreachable'],
  ['a web page', answering(200, { 'content-type': 'text/html' }, '<p>secret text'), 'SourceNotFound'],
  ['what is no protocol', answering(200, git, 'secret text'), 'SourceUnreachable'],
  ['an error line', answering(200, git, '0013ERR secret text'), 'SourceUnreachable'],
  ['nothing', answering(200, git), 'SourceUnreachable'],
  ['a redirect to a page', answering(302, { location: '/login' }), 'SourceRefused'],
])('calls an answer of %s by its reason and repeats nothing of it', async (_what, does, reason) => {
  const error = await failure(resolve({}, does));

  expect(error.reason).toBe(reason);
  expect(error.message).not.toContain('secret');
});

it('tells how long a host asks to be left alone', async () => {
  const error = await failure(resolve({}, answering(429, { 'retry-after': '120' })));

  expect(error).toMatchObject({ retryable: true, retryAfterMs: 120_000 });
});

it('follows the first request to where a renamed repository is', async () => {
  const { commit } = await resolve({ url: `${server.url}/old/shop` }, (request, response) => {
    if (!request.url?.startsWith('/old/shop/info/refs')) return false;
    response.writeHead(301, { location: '/acme/shop.git/info/refs?service=git-upload-pack' }).end();
    return true;
  });

  expect(commit).toBe(newest);
});

it.each([
  ['git://host/shop.git', 'cannot be read; write it as https://host/path.git'],
  ['host:shop.git', 'cannot be read'],
  ['https://ann:secret@host/shop.git', 'take them out'],
  ['http://127.0.0.1:1/shop.git', 'must not be reached'],
  ['https://10.0.0.1/shop.git', 'the host is at an address that must not be reached'],
])('refuses %s', async (url, message) => {
  const error = await failure(resolve({ url }));

  expect(error.reason).toBe('SourceRefused');
  expect(error.message).toContain(message);
  expect(error.message).not.toContain('secret');
});

it('calls a host that is down unreachable', async () => {
  const gone = await startGitServer({ root });
  const reaching = createOutbound({
    clock: systemClock,
    resolver: async () => ['127.0.0.1'],
    exceptions: [{ cidr: '127.0.0.1', port: gone.port, http: true }],
  });
  await gone[Symbol.asyncDispose]();
  const request = { url: `${gone.url}/shop.git`, ref: { branch: 'main' }, signal: AbortSignal.timeout(10_000) };

  const error = await failure(resolveRef(reaching, request));
  await reaching.close();

  expect(error).toMatchObject({ reason: 'SourceUnreachable', retryable: true });
});

it('gives up with the reason of its signal', async () => {
  const signal = AbortSignal.abort(new Error('stopping'));

  await expect(resolve({ signal })).rejects.toThrow('stopping');
});
