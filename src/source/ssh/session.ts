import { Client, type ClientChannel, type ConnectConfig } from 'ssh2';
import type { OutboundConnection } from '../../outbound/outbound.ts';
import type { SshKey } from '../credentials.ts';
import { SourceError } from '../errors.ts';
import { hostKeyRefused, sessionFailed } from './failures.ts';
import { judgeHostKey, keysOf, preferred } from './known-hosts.ts';

export interface SessionRequest {
  readonly connection: OutboundConnection;
  readonly key: SshKey;
  readonly user: string;
  /** The host as known_hosts names it. */
  readonly name: string;
  /** The repository, for messages. */
  readonly shown: string;
}

/** One connection with one login, to a host whose key was known before. */
export interface Session {
  /** Starts a program on the host. */
  run(command: string, env: Readonly<Record<string, string>>): Promise<ClientChannel>;
  /** Rejects when the connection breaks. What is read ends by itself when the host hangs up. */
  readonly broken: Promise<never>;
}

/** The caller closes the connection. */
export async function openSession(request: SessionRequest): Promise<Session> {
  const { connection, shown } = request;
  const [broken, hungUp] = [refusal(), refusal()];
  connection.signal.addEventListener('abort', () => broken.reject(connection.signal.reason), { once: true });
  const client = new Client();
  const fail = (error: unknown) => broken.reject(error instanceof SourceError ? error : sessionFailed(shown, error));
  // For all its life: the library goes on to tell of errors after the first, and one that nobody hears ends the process.
  client.on('error', fail).once('close', () => hungUp.reject(sessionFailed(shown, undefined)));
  const ready = new Promise<void>((resolve) => client.once('ready', () => resolve()));
  try {
    client.connect(configOf(request, fail));
  } catch (error) {
    throw unusable(shown, error);
  }
  const orNever = <T>(wait: Promise<T>) => Promise.race([wait, broken.promise, hungUp.promise]);
  await orNever(ready);
  return { broken: broken.promise, run: (command, env) => orNever(started(client, command, { env, shown })) };
}

/** Whoever waits hears of it; that nobody waits any more is no error. */
function refusal(): PromiseWithResolvers<never> {
  const resolvers = Promise.withResolvers<never>();
  resolvers.promise.catch(() => undefined);
  return resolvers;
}

function configOf(
  { connection, key, user, name, shown }: SessionRequest,
  fail: (error: SourceError) => void,
): ConnectConfig {
  const known = keysOf(key.knownHosts, name);
  return {
    sock: connection.socket,
    username: user,
    privateKey: key.privateKey,
    // No question to people, no agent, no attempt without a key.
    authHandler: ['publickey'],
    algorithms: { serverHostKey: preferred(known), compress: ['none'] },
    // The connection has a deadline of its own, on the clock that tests can move.
    readyTimeout: 0,
    hostVerifier: (blob: Buffer) => {
      const verdict = judgeHostKey(known, blob);
      if (verdict !== 'Known') fail(hostKeyRefused(verdict, { shown, name, blob }));
      return verdict === 'Known';
    },
  };
}

/** The library throws where it cannot read a key. Its words may hold some of it. */
function unusable(shown: string, cause: unknown): SourceError {
  const message = `${shown}: the ssh key of the Secret of source.git.credentialsRef cannot be read; make one with "ssh-keygen -t ed25519 -N ''"`;
  return new SourceError('CredentialsMissing', message, { cause });
}

interface Start {
  readonly env: Readonly<Record<string, string>>;
  readonly shown: string;
}

function started(client: Client, command: string, { env, shown }: Start): Promise<ClientChannel> {
  return new Promise((resolve, reject) => {
    client.exec(command, { env }, (error, channel) => (error ? reject(sessionFailed(shown, error)) : resolve(channel)));
  });
}
