import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../../hack/cluster/kind/ports.ts';
import { start } from '../../../hack/cluster/lib/process.ts';
import { run } from '../../../hack/lib/run.ts';
import { createAuthority } from '../certificates.ts';

export interface DockerEngine extends AsyncDisposable {
  readonly socket: string;
  /** Over TLS, with the files in `tls`. */
  readonly address: string;
  /** ca.pem, cert.pem and key.pem of a client. */
  readonly tls: string;
  /** The `docker` command; its output. */
  docker(...args: string[]): Promise<string>;
}

export interface DockerEngineOptions {
  /** Spoken to in plain HTTP, by the Engine itself; its BuildKit does not know of it. */
  readonly insecureRegistry?: string;
}

/** Without iptables and with a bridge of its own, so that nothing else on this machine notices. Needs root. */
export async function startDockerEngine(
  folders: readonly string[],
  { insecureRegistry }: DockerEngineOptions = {},
): Promise<DockerEngine> {
  const folder = await mkdtemp(join(tmpdir(), 'vish-docker-'));
  const socket = join(folder, 'docker.sock');
  const port = await freePort();
  const bridge = `vdk${port}`;
  const path = [...folders, process.env['PATH']].join(':');
  const env = { ...process.env, PATH: path };
  await run('ip', ['link', 'add', bridge, 'type', 'bridge']);
  await run('ip', ['address', 'add', '172.31.254.1/24', 'dev', bridge]);
  await run('ip', ['link', 'set', bridge, 'up']);
  const docker = async (...args: string[]) =>
    (await run('docker', ['--host', `unix://${socket}`, ...args], { env, timeoutMs: 60_000 })).stdout;
  const { server, client } = await certificates(folder);
  const options = {
    'data-root': join(folder, 'data'),
    'exec-root': join(folder, 'exec'),
    pidfile: join(folder, 'pid'),
    bridge,
    iptables: 'false',
    ip6tables: 'false',
    'ip-masq': 'false',
    tlsverify: 'true',
    tlscacert: join(server, 'ca.pem'),
    tlscert: join(server, 'cert.pem'),
    tlskey: join(server, 'key.pem'),
    ...(insecureRegistry !== undefined && { 'insecure-registry': insecureRegistry }),
  };
  const hosts = [`--host=unix://${socket}`, `--host=tcp://127.0.0.1:${port}`];
  const args = [...hosts, ...Object.entries(options).map(([name, value]) => `--${name}=${value}`)];
  const answers = () => docker('version').then(() => true);
  const dockerd = await start('env', [`PATH=${path}`, 'dockerd', ...args], answers);
  return {
    socket,
    address: `tcp://127.0.0.1:${port}`,
    tls: client,
    docker,
    [Symbol.asyncDispose]: async () => {
      await dockerd[Symbol.asyncDispose]();
      await run('ip', ['link', 'delete', bridge]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function certificates(folder: string): Promise<{ server: string; client: string }> {
  const authority = await createAuthority();
  const write = async (name: string, { cert, key }: { cert: string; key: string }) => {
    const to = join(folder, name);
    await mkdir(to);
    await writeFile(join(to, 'ca.pem'), authority.cert);
    await writeFile(join(to, 'cert.pem'), cert);
    await writeFile(join(to, 'key.pem'), key);
    return to;
  };
  return {
    server: await write('server', await authority.serving()),
    client: await write('client', await authority.client('vish')),
  };
}
