import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../../hack/cluster/kind/ports.ts';
import { until } from '../until.ts';
import { type KeyPair, makeKey } from './keys.ts';
import type { Sshd } from './program.ts';

export interface SshServerOptions {
  readonly sshd: Sshd;
  /** Folder of the bare repositories; relative paths begin here. */
  readonly root: string;
  /** Default: 127.0.0.1. */
  readonly host?: string;
  /** Whether clients may ask for protocol 2. Default: true. */
  readonly hearsProtocol?: boolean;
  /** Who is let in besides `login`. Default: nobody. */
  readonly authorized?: readonly KeyPair[];
  /** Run in place of every command. Default: the command that the client asks for. */
  readonly command?: string;
}

export interface SshServer extends AsyncDisposable {
  readonly port: number;
  /** Who logs in. */
  readonly user: string;
  /** Is let in. */
  readonly login: KeyPair;
  /** By the type of the key. */
  readonly hostKeys: { readonly ed25519: KeyPair; readonly rsa: KeyPair };
  /** What sshd said so far. */
  log(): string;
}

/** A real sshd in the foreground, with keys and settings of its own. */
export async function startSshServer(options: SshServerOptions): Promise<SshServer> {
  const folder = await mkdtemp(join(tmpdir(), 'vish-sshd-'));
  // The half that has no rights reads the keys of who may log in.
  await chmod(folder, 0o755);
  const [login, ed25519, rsa] = await Promise.all([
    makeKey(folder, 'login'),
    makeKey(folder, 'host-ed25519'),
    makeKey(folder, 'host-rsa', { type: 'rsa' }),
  ]);
  const port = await freePort();
  const authorized = [login, ...(options.authorized ?? [])].map(({ publicKey }) => `${publicKey}\n`);
  await writeFile(join(folder, 'authorized_keys'), authorized.join(''));
  await writeFile(join(folder, 'sshd_config'), settings(options, { folder, port, hostKeys: [ed25519, rsa] }));
  const user = isRoot() ? 'git' : userInfo().username;
  const child = await start(options.sshd, folder);
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (said += text));
  const isUp = () => child.exitCode !== null || said.includes('Server listening on');
  await until(isUp, { describe: () => `sshd listens; it said: ${said}` });
  if (child.exitCode !== null) throw new Error(`sshd ended: ${said}`);
  return {
    port,
    user,
    login,
    hostKeys: { ed25519, rsa },
    log: () => said,
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGTERM');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'close');
      await rm(folder, { recursive: true });
    },
  };
}

interface Place {
  readonly folder: string;
  readonly port: number;
  readonly hostKeys: readonly KeyPair[];
}

function settings({ root, host = '127.0.0.1', hearsProtocol = true, command }: SshServerOptions, place: Place): string {
  const lines = [
    `Port ${place.port}`,
    `ListenAddress ${host}`,
    ...place.hostKeys.map(({ file }) => `HostKey ${file}`),
    `AuthorizedKeysFile ${place.folder}/authorized_keys`,
    'PermitRootLogin prohibit-password',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'UsePAM no',
    'StrictModes no',
    'PidFile none',
    'PrintMotd no',
    'LogLevel VERBOSE',
    ...(hearsProtocol ? ['AcceptEnv GIT_PROTOCOL'] : []),
    // As the shell of a user whose home is the root would run it.
    `ForceCommand cd ${root} && ${command ?? 'eval "$SSH_ORIGINAL_COMMAND"'}`,
  ];
  return `${lines.join('\n')}\n`;
}

/**
 * sshd started by root wants a user of its own and a folder in /run. Both are given to it in a mount namespace, so that nothing
 * of the machine changes; `exec` keeps it the one process that is to be ended.
 */
const inside =
  'mount -t tmpfs none /run && mkdir -m 755 /run/sshd && mount --bind "$0/passwd" /etc/passwd && exec "$1" -D -e -f "$0/sshd_config"';

async function start({ program, libraries }: Sshd, folder: string): Promise<ChildProcess> {
  const env = { PATH: process.env['PATH'], ...(libraries !== undefined && { LD_LIBRARY_PATH: libraries }) };
  const stdio = ['ignore', 'ignore', 'pipe'] as const;
  if (!isRoot()) return spawn(program, ['-D', '-e', '-f', join(folder, 'sshd_config')], { env, stdio: [...stdio] });
  await writeFile(join(folder, 'passwd'), await users());
  const namespace = ['--mount', '--propagation', 'private', 'sh', '-c', inside, folder, program];
  return spawn('unshare', namespace, { env, stdio: [...stdio] });
}

/** Those of the machine, sshd's own, and another name for who runs the tests. */
async function users(): Promise<string> {
  const known = (await readFile('/etc/passwd', 'utf8')).split('\n').filter((line) => !/^(sshd|git):/.test(line));
  return [...known.filter(Boolean), 'sshd:x:101:65534::/run/sshd:/usr/sbin/nologin', 'git:x:0:0::/:/bin/sh', ''].join(
    '\n',
  );
}

function isRoot(): boolean {
  return userInfo().uid === 0;
}
