import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../../seams/manual-clock.ts';
import { type LoadConnectionOptions, loadConnection } from './load-connection.ts';

let folder: string;
let clock: ManualClock;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'connection-'));
  clock = new ManualClock();
});

afterEach(() => rm(folder, { recursive: true }));

async function write(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
  return path;
}

interface Config {
  name?: string;
  cluster?: object;
  user?: object | null;
  context?: object;
  current?: string | undefined;
}

function kubeconfig({ name = 'dev', cluster, user = {}, context, current = name }: Config): string {
  return JSON.stringify({
    'current-context': current,
    clusters: [{ name, cluster: cluster ?? { server: 'https://one:6443' } }],
    users: user === null ? null : [{ name, user }],
    contexts: [{ name, context: context ?? { cluster: name, user: name } }],
    preferences: {},
  });
}

function load(options: Partial<LoadConnectionOptions> = {}) {
  return loadConnection({ clock, env: { HOME: folder }, ...options });
}

async function loadUser(user: object, options: Partial<LoadConnectionOptions> = {}) {
  const path = await write('config', kubeconfig({ user }));
  return load({ kubeconfig: path, ...options });
}

const base64 = (text: string) => Buffer.from(text).toString('base64');

describe('which kubeconfig', () => {
  it('merges the files of KUBECONFIG: the first to name something decides, and missing files are passed over', async () => {
    const first = await write('a/config', kubeconfig({ cluster: { server: 'https://first' }, current: undefined }));
    const second = await write('b/config', kubeconfig({ cluster: { server: 'https://second' } }));
    const third = await write('c/config', kubeconfig({ name: 'prod', cluster: { server: 'https://third' } }));
    const env = { KUBECONFIG: [first, join(folder, 'missing'), second, third].join(':') };

    const connection = await load({ env });
    const other = await load({ env, context: 'prod' });

    expect([connection.server, other.server]).toEqual(['https://first', 'https://third']);
  });

  it('prefers KUBECONFIG, then the service account of the pod, then the home folder', async () => {
    await write('.kube/config', kubeconfig({ cluster: { server: 'https://home' } }));
    await write('sa/token', 'pod-token\n');
    await write('sa/ca.crt', 'CA');
    await write('sa/namespace', 'team-a\n');
    const pod = { HOME: folder, KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '443' };

    const home = await load();
    const inPod = await load({ env: pod, serviceAccountFolder: join(folder, 'sa') });

    expect(home.server).toBe('https://home');
    expect([inPod.server, inPod.namespace]).toEqual(['https://[fd00::1]:443', 'team-a']);
    expect((await inPod.credentials()).headers).toEqual({ authorization: 'Bearer pod-token' });
  });

  it('reads null lists, unknown fields and empty texts as nothing', async () => {
    const text =
      'apiVersion: v1\nkind: Config\ncurrent-context: a\nusers: null\nnew-field: {x: 1}\nclusters:\n- {name: a, cluster: {server: "https://a/", certificate-authority-data: ""}}\ncontexts:\n- {name: a, context: {cluster: a, user: "", namespace: ns}}\n';

    const connection = await load({ kubeconfig: await write('config', text) });

    expect([connection.server, connection.namespace]).toEqual(['https://a', 'ns']);
    expect(await connection.credentials()).toMatchObject({ headers: {}, tls: { ca: undefined, insecure: false } });
  });
});

describe('what is missing is named', () => {
  it.each([
    [{ current: '' }, 'names no current-context'],
    [{ current: 'prod' }, 'context "prod" of .*config does not exist; there are: dev'],
    [{ context: { cluster: 'gone', user: 'dev' } }, 'context "dev" of .*config needs cluster "gone"'],
    [{ context: { cluster: 'dev', user: 'gone' } }, 'needs user "gone", which is missing'],
    [{ cluster: {} }, 'cluster "dev" names no server'],
    [{ cluster: { server: 'one:6443' } }, '"one:6443" is not an http'],
    [
      { cluster: { server: 'https://one', 'proxy-url': 'u:pw@two' } },
      'its proxy-url is not an http, https or socks5 URL$',
    ],
    [{ user: { 'client-key-data': 'x' } }, 'client key without certificate'],
    [{ user: { 'auth-provider': { name: 'gcp' } } }, 'gke-gcloud-auth-plugin'],
    [{ user: { 'auth-provider': { name: 'oidc' } } }, 'kubectl-oidc_login'],
    [{ user: { tokenFile: 'gone' } }, 'cannot read the token of context "dev".*/gone: ENOENT'],
    [{ user: { token: 'a\nb' } }, 'holds characters'],
    [{ user: { exec: { command: 'x', apiVersion: 'client.authentication.k8s.io/v1alpha1' } } }, 'apiVersion must be'],
    [
      { user: { exec: { command: 'x', apiVersion: 'client.authentication.k8s.io/v1', interactiveMode: 'Always' } } },
      'person',
    ],
    [
      { user: { exec: { command: '/no/such', installHint: 'get it', apiVersion: 'client.authentication.k8s.io/v1' } } },
      'not found; get it',
    ],
  ] satisfies [Config, string][])('%j: %s', async (config, message) => {
    const path = await write('config', kubeconfig(config));

    await expect(load({ kubeconfig: path })).rejects.toThrow(new RegExp(message));
  });

  it('never quotes the line of a broken file, which may be a token', async () => {
    const path = await write('config', 'users:\n- token: "s3cret\n  x: [');

    const message = await load({ kubeconfig: path }).catch((error: Error) => error.message);

    expect(message).toMatch(/is not YAML: see line \d/);
    expect(message).not.toContain('s3cret');
  });
});

describe('credentials', () => {
  it('resolves relative paths against the file that names them', async () => {
    await write('x/ca.pem', 'CA');
    await write('x/user/cert.pem', 'CERT');
    await write('x/user/key.pem', 'KEY');
    const user = { 'client-certificate': 'user/cert.pem', 'client-key': 'user/key.pem' };
    const cluster = { server: 'https://one', 'certificate-authority': 'ca.pem', 'tls-server-name': 'kube' };
    const path = await write('x/config', kubeconfig({ cluster, user }));

    const { tls } = await (await load({ kubeconfig: path })).credentials();

    expect(tls).toMatchObject({ ca: 'CA', cert: 'CERT', key: 'KEY', servername: 'kube', insecure: false });
  });

  it('lets inline data win over files', async () => {
    const connection = await loadUser({
      'client-certificate': '/no/file',
      'client-certificate-data': base64('CERT'),
      'client-key-data': base64('KEY'),
    });

    expect((await connection.credentials()).tls).toMatchObject({ cert: 'CERT', key: 'KEY' });
  });

  it('reads a token file again every minute and gives the same object while nothing changed', async () => {
    const path = await write('token', 'one');
    const connection = await loadUser({ tokenFile: path });
    const first = await connection.credentials();
    await clock.advance(60_000);
    const unchanged = await connection.credentials();
    await writeFile(path, 'two\n');

    const early = await connection.credentials();
    await clock.advance(60_000);
    const late = await connection.credentials();

    expect([unchanged === first, early === first]).toEqual([true, true]);
    expect(late.headers).toEqual({ authorization: 'Bearer two' });
    expect(late.tls.fingerprint).toBe(first.tls.fingerprint);
  });

  it('reads at once after a refusal, unless others have done so before', async () => {
    const path = await write('token', 'one');
    const connection = await loadUser({ tokenFile: path });
    const refused = await connection.credentials();
    await writeFile(path, 'two');
    await clock.advance(1_000);

    connection.invalidate(refused, 'refused');
    const renewed = await connection.credentials();
    connection.invalidate(refused, 'refused');

    expect(renewed.headers).toEqual({ authorization: 'Bearer two' });
    expect(await connection.credentials()).toBe(renewed);
  });

  it('keeps what it has while a file is away, and sees a new certificate when it is back', async () => {
    const cert = await write('cert', 'CERT');
    const key = await write('key', 'KEY');
    const connection = await loadUser({ 'client-certificate': cert, 'client-key': key });
    const first = await connection.credentials();
    await rm(cert);
    await clock.advance(60_000);
    const without = await connection.credentials();
    await writeFile(cert, 'CERT2');
    await clock.advance(10_000);

    const second = await connection.credentials();

    expect(without).toBe(first);
    expect(second.tls.cert).toBe('CERT2');
    expect(second.tls.fingerprint).not.toBe(first.tls.fingerprint);
  });

  it('impersonates user, uid, groups and extra, each value a header of its own', async () => {
    const user = {
      token: 't',
      as: 'ada',
      'as-uid': 'u1',
      'as-groups': ['a', 'b'],
      'as-user-extra': { 'x.io/Team': ['1', '2'] },
    };
    const connection = await loadUser(user);
    const overridden = await loadUser(user, { impersonate: { user: 'bob' } });

    expect((await connection.credentials()).headers).toEqual({
      authorization: 'Bearer t',
      'impersonate-user': 'ada',
      'impersonate-uid': 'u1',
      'impersonate-group': ['a', 'b'],
      'impersonate-extra-x.io%2Fteam': ['1', '2'],
    });
    expect((await overridden.credentials()).headers).toEqual({ authorization: 'Bearer t', 'impersonate-user': 'bob' });
  });

  it('sends name and password when that is all there is', async () => {
    const connection = await loadUser({ username: 'ada', password: 'pw' });

    expect((await connection.credentials()).headers).toEqual({ authorization: `Basic ${base64('ada:pw')}` });
  });
});

describe('exec plugins', () => {
  const apiVersion = 'client.authentication.k8s.io/v1';

  /** A plugin that counts its runs, notes what it was told, and prints what stands in `answer`. */
  async function plugin(status: object, exec: object = {}) {
    const script = await write(
      'bin/plugin',
      '#!/bin/sh\nd=$(dirname "$0")\necho x >> "$d/runs"\necho "$KUBERNETES_EXEC_INFO" > "$d/info"\necho "$GREETING" > "$d/env"\ncat "$d/answer"\n',
    );
    await chmod(script, 0o755);
    await answer(status);
    return { exec: { apiVersion, command: './bin/plugin', env: [{ name: 'GREETING', value: 'hi' }], ...exec } };
  }

  function answer(status: object): Promise<string> {
    return write('bin/answer', JSON.stringify({ apiVersion, kind: 'ExecCredential', status }));
  }

  async function runs(): Promise<number> {
    return (await readFile(join(folder, 'bin/runs'), 'utf8')).trim().split('\n').length;
  }

  const inMs = (ms: number) => new Date(clock.now() + ms).toISOString();

  it('runs a command beside the kubeconfig, tells it the cluster and that nobody can answer', async () => {
    const user = await plugin({ token: 'from-plugin' }, { provideClusterInfo: true, interactiveMode: 'IfAvailable' });
    const extension = { name: 'client.authentication.k8s.io/exec', extension: { audience: 'x' } };
    const cluster = { server: 'https://one', 'certificate-authority-data': base64('CA'), extensions: [extension] };
    const connection = await load({
      kubeconfig: await write('config', kubeconfig({ cluster, user })),
      env: process.env,
    });

    expect((await connection.credentials()).headers).toEqual({ authorization: 'Bearer from-plugin' });
    expect(JSON.parse(await readFile(join(folder, 'bin/info'), 'utf8'))).toEqual({
      apiVersion,
      kind: 'ExecCredential',
      spec: {
        interactive: false,
        cluster: { server: 'https://one', 'certificate-authority-data': base64('CA'), config: { audience: 'x' } },
      },
    });
    expect(await readFile(join(folder, 'bin/env'), 'utf8')).toBe('hi\n');
  });

  it('runs again a minute before the expiry, and not before', async () => {
    const user = await plugin({ token: 'one', expirationTimestamp: inMs(600_000) });
    const connection = await loadUser(user, { env: process.env });
    await clock.advance(530_000);
    await connection.credentials();
    const before = await runs();
    await answer({ token: 'two', expirationTimestamp: inMs(600_000) });
    await clock.advance(11_000);

    expect((await connection.credentials()).headers).toEqual({ authorization: 'Bearer two' });
    expect([before, await runs()]).toEqual([1, 2]);
  });

  it('runs again after a refusal, but not for every call that is refused', async () => {
    const connection = await loadUser(await plugin({ token: 'bad' }), { env: process.env });
    await clock.advance(5_000);

    for (let call = 0; call < 10; call++) {
      connection.invalidate(await connection.credentials(), 'refused');
      await clock.advance(100);
    }

    await connection.credentials();
    expect(await runs()).toBe(2);
  });

  it('is not run because the server is away', async () => {
    const connection = await loadUser(await plugin({ token: 't' }), { env: process.env });
    await clock.advance(5_000);

    connection.invalidate(await connection.credentials(), 'unreachable');
    await connection.credentials();

    expect(await runs()).toBe(1);
  });

  it('gives certificates too', async () => {
    const user = await plugin({ clientCertificateData: 'CERT', clientKeyData: 'KEY' });

    const { tls } = await (await loadUser(user, { env: process.env })).credentials();

    expect(tls).toMatchObject({ cert: 'CERT', key: 'KEY' });
  });

  it.each([
    [{}, 'neither a token nor a certificate'],
    [{ clientKeyData: 'K' }, 'neither'],
    [{ token: 't', expirationTimestamp: 'soon' }, 'no date'],
  ])('refuses %j: %s', async (status, message) => {
    const user = await plugin(status);

    await expect(loadUser(user, { env: process.env })).rejects.toThrow(message);
  });
});
