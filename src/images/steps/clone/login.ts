import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Redactor } from '../../../kube/log/redactor.ts';
import { places } from '../plans.ts';

/** What a fetch may prove itself with; nothing for a public repository. */
export interface GitLogin {
  /** Value of the authorization header. */
  readonly authorization: string | undefined;
  readonly privateKey: string | undefined;
}

export interface LoginFolders {
  /** The credentials as they are mounted. */
  readonly credentials: string;
  /** Where the key lies while it is used; nobody else's. */
  readonly keyFolder: string;
}

export async function readLogin({ credentials }: LoginFolders): Promise<GitLogin> {
  const [authorization, privateKey] = await Promise.all(
    [places.authorization, places.privateKey].map((name) => readOptional(join(credentials, name))),
  );
  return { authorization: authorization?.trim(), privateKey };
}

/** ssh takes no key that others may read, which one in a mounted Secret is: so it gets a copy, as long as `work` lasts. */
export async function withKey<T>({ privateKey }: GitLogin, folders: LoginFolders, work: () => Promise<T>): Promise<T> {
  if (privateKey === undefined) return work();
  const file = keyFile(folders);
  try {
    await mkdir(folders.keyFolder, { recursive: true, mode: 0o700 });
    await writeFile(file, privateKey, { mode: 0o600, flag: 'wx' });
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}

/** Only this key, and only for a host that shows a key that was known before. Behind the options of the pin. */
export function sshEnvironment(command: string | undefined, folders: LoginFolders): Record<string, string> {
  const options = [
    'IdentitiesOnly=yes',
    'IdentityAgent=none',
    'PreferredAuthentications=publickey',
    `UserKnownHostsFile=${join(folders.credentials, places.knownHosts)}`,
    'GlobalKnownHostsFile=/dev/null',
    'StrictHostKeyChecking=yes',
    'UpdateHostKeys=no',
  ];
  const all = ['-i', keyFile(folders), ...options.flatMap((option) => ['-o', option])];
  return { GIT_SSH_COMMAND: [command ?? 'ssh', ...all.map((word) => `'${word}'`)].join(' ') };
}

export function secretsOf({ authorization = '', privateKey = '' }: GitLogin): Redactor {
  const secrets = new Redactor();
  const encoded = authorization.split(' ').at(-1) ?? '';
  const login = Buffer.from(encoded, 'base64').toString('utf8');
  const password = login.slice(login.indexOf(':') + 1);
  // Output is judged by lines, so that a key has to be known by its lines.
  const lines = privateKey.split('\n').filter((line) => !line.startsWith('-----'));
  for (const secret of [authorization, encoded, login, password, ...lines]) secrets.add(secret);
  return secrets;
}

function keyFile({ keyFolder }: LoginFolders): string {
  return join(keyFolder, 'key');
}

async function readOptional(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
