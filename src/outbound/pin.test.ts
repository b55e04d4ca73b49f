import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join, normalize } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Pin } from './outbound.ts';
import { goodAddress, useRig } from './test-rig.ts';

const rig = useRig('pinned git and ssh');
const folder = mkdtempSync(join(tmpdir(), 'outbound-git-'));
const identity = ['-c', 'user.name=a', '-c', 'user.email=a@a.test'];

beforeAll(() => {
  const git = (...args: string[]) => execFileSync('git', args, { cwd: folder, stdio: 'ignore' });
  git('init', '-b', 'main', 'work');
  git('-C', 'work', ...identity, 'commit', '--allow-empty', '-m', 'first');
  git('clone', '--bare', 'work', 'repo.git');
  git('-C', 'repo.git', 'update-server-info');
});
beforeEach(() => {
  rig().seen.length = 0;
  rig().lookups = 0;
  rig().handler = dumb;
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The dumb protocol: files of a repository. It lets a server do more to a client than the smart one. */
const dumb: RequestListener = (request, response) => {
  const path = normalize(URL.parse(request.url ?? '', 'http://a')?.pathname ?? '/');
  try {
    response.end(readFileSync(join(folder, path)));
  } catch {
    response.writeHead(404).end();
  }
};

interface Run {
  readonly code: number | string;
  readonly output: string;
}

/** Runs git with the environment of this process and the pin's, as callers are told to. */
function git(pin: Pin, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Run> {
  const { promise, resolve } = Promise.withResolvers<Run>();
  const options = { cwd: folder, timeout: 8_000, env: { ...process.env, ...env, ...pin.git.env } };
  execFile('git', [...pin.git.args, ...args], options, (error, stdout, stderr) =>
    resolve({ code: error?.code ?? 0, output: stdout + stderr }),
  );
  return promise;
}

function pinned(host = 'rebind.test'): Promise<Pin> {
  return rig().client().pinForProgram(rig().url(host, '/repo.git'));
}

it('makes git fetch from the address that was checked, for a name that it could not resolve itself', async () => {
  rig().names.set('rebind.test', [[goodAddress], ['127.0.0.1']]);
  const pin = await pinned();

  const listed = await git(pin, ['ls-remote', '--', pin.url]);
  const cloned = await git(pin, ['clone', '--quiet', '--', pin.url, 'cloned']);

  expect([listed.code, cloned.code]).toEqual([0, 0]);
  expect(listed.output).toContain('refs/heads/main');
  expect(rig().seen[0]?.request.headers.host).toBe(`rebind.test:${rig().port}`);
});

it('makes git connect to the checked address for a name that leads to the victim', async () => {
  rig().names.set('localhost', [[goodAddress]]);
  const pin = await pinned('localhost');

  const listed = await git(pin, ['ls-remote', '--', pin.url]);

  expect(listed.code).toBe(0);
  expect(rig().seen.length).toBeGreaterThan(0);
});

it.each(['127.0.0.1', '[::1]'])('keeps git from following a redirect to %s', async (victim) => {
  rig().handler = (request, response) => response.writeHead(302, { location: rig().url(victim, request.url) }).end();
  const pin = await pinned('good.test');

  const { code } = await git(pin, ['ls-remote', '--', pin.url]);

  expect(code).not.toBe(0);
  expect(rig().seen.length).toBeGreaterThan(0);
});

it('keeps git from fetching what a dumb server says lies elsewhere', async () => {
  const elsewhere = rig().url('127.0.0.1', '/repo.git/objects');
  rig().handler = (request, response) => {
    if (request.url?.endsWith('/objects/info/http-alternates')) return response.end(`${elsewhere}\n`);
    if (request.url?.includes('/objects/')) return response.writeHead(404).end();
    return dumb(request, response);
  };
  const pin = await pinned('good.test');

  const { code } = await git(pin, ['clone', '--quiet', '--', pin.url, 'alternate']);

  expect(code).not.toBe(0);
  expect(rig().seen.some(({ request }) => request.url?.includes('/objects/'))).toBe(true);
});

it('keeps git from proxies in the environment', async () => {
  const proxy = rig().url('127.0.0.1');
  const pin = await pinned('good.test');

  const listed = await git(pin, ['ls-remote', '--', pin.url], {
    http_proxy: proxy,
    all_proxy: proxy,
    ALL_PROXY: proxy,
  });

  expect(listed.code).toBe(0);
});

it.each(['file:///etc', 'ext::sh -c true', 'git://127.0.0.1/a', 'ssh://127.0.0.1/a'])(
  'keeps git from another protocol (%s) with the environment of an http pin',
  async (url) => {
    const pin = await pinned('good.test');

    const { code, output } = await git(pin, ['ls-remote', '--', url]);

    expect(code).not.toBe(0);
    expect(output).toContain('not allowed');
  },
);

it('keeps git from rewriting the URL by a configuration of its user', async () => {
  const pin = await pinned('good.test');
  const home = mkdtempSync(join(folder, 'home-'));
  const rule = `url.${rig().url('127.0.0.1')}.insteadOf`;
  execFileSync('git', ['config', '--file', join(home, '.gitconfig'), rule, rig().url('good.test')]);

  const { code } = await git(pin, ['ls-remote', '--', pin.url], { HOME: home });

  expect(code).toBe(0);
});

it.each([
  ['ssh://git@good.test/a/b.git', 'ssh://git@good.test/a/b.git', 22, 'good.test'],
  ['git@good.test:a/b.git', 'git@good.test:a/b.git', 22, 'good.test'],
  ['git@GOOD.test.:/a/b.git', 'git@good.test:/a/b.git', 22, 'good.test'],
  ['ssh://git@good.test:2222/a.git', 'ssh://git@good.test:2222/a.git', 2222, '[good.test]:2222'],
])('pins %s for ssh, with the host key under the name', async (url, canonical, port, alias) => {
  const pin = await rig()
    .client({ ports: [2222] })
    .pinForProgram(url);

  expect([pin.url, pin.port, pin.git.env['GIT_ALLOW_PROTOCOL']]).toEqual([canonical, port, 'ssh']);
  expect(pin.ssh).toEqual(expect.arrayContaining([`HostName=${goodAddress}`, `HostKeyAlias=${alias}`]));
});

it('gives ssh options that ssh understands', async () => {
  const pin = await rig().client().pinForProgram('git@good.test:a.git');

  const effective = execFileSync('ssh', [...pin.ssh, '-G', 'good.test'], { encoding: 'utf8' });

  expect(effective).toContain(`hostname ${goodAddress}\n`);
  expect(effective).toContain('hostkeyalias good.test\n');
});

it.each([
  ['ssh://git@127.0.0.1/a', 'AddressRefused'],
  ['ssh://git@0x7f.1/a', 'AddressRefused'],
  ['ssh://git@[::1]/a', 'AddressRefused'],
  ['ssh://git@[::ffff:7f00:1]:22/a', 'AddressRefused'],
  ['git@2130706433:a.git', 'AddressRefused'],
  ['ssh://git:secret@good.test/a', 'InvalidUrl'],
  ['ssh://-oProxyCommand=hit@good.test/a', 'InvalidUrl'],
  ['ssh://git@-oProxyCommand=hit/a', 'InvalidUrl'],
  ['git@-oProxyCommand=hit:a', 'InvalidUrl'],
  ['git@good.test:-a', 'InvalidUrl'],
  ['git@good.test::a', 'InvalidUrl'],
  ['ssh://git@good.test:443/a', 'PortRefused'],
  ['ssh://git@good.test:6443/a', 'PortRefused'],
])('does not pin %s', async (url, code) => {
  await expect(rig().client().pinForProgram(url)).rejects.toMatchObject({ code });
});
