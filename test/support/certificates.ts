import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface KeyPair {
  cert: string;
  key: string;
}

export interface CertificateAuthority extends KeyPair {
  /** A serving certificate for localhost, 127.0.0.1 and ::1, or for `names` alone. */
  serving(names?: readonly string[]): Promise<KeyPair>;
  /** A client certificate: the user is `user`, its groups are `groups`. */
  client(user: string, groups?: readonly string[]): Promise<KeyPair>;
}

/** A throw-away certificate authority, made with the openssl program because Node can read X.509 but not write it. */
export async function createAuthority(name = 'test-ca'): Promise<CertificateAuthority> {
  const own = await inScratch(async (folder) => {
    await openssl(folder, ['req', '-x509', ...newKey, '-days', '2', '-subj', `/CN=${name}`, '-out', 'crt']);
    return readPair(folder);
  });
  return {
    ...own,
    serving: (names = ['localhost', '127.0.0.1', '::1']) => issue(own, '/CN=server', serverExtensions(names)),
    client: (user, groups = []) =>
      issue(own, `${groups.map((group) => `/O=${group}`).join('')}/CN=${user}`, 'extendedKeyUsage=clientAuth\n'),
  };
}

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', 'key'];

function serverExtensions(names: readonly string[]): string {
  const alternatives = names.map((name) => `${/^[\d.]+$|:/.test(name) ? 'IP' : 'DNS'}:${name}`);
  return `extendedKeyUsage=serverAuth\nsubjectAltName=${alternatives.join(',')}\n`;
}

function issue(authority: KeyPair, subject: string, extensions: string): Promise<KeyPair> {
  return inScratch(async (folder) => {
    await writeFile(join(folder, 'ca.crt'), authority.cert);
    await writeFile(join(folder, 'ca.key'), authority.key);
    await writeFile(join(folder, 'ext'), extensions);
    await openssl(folder, ['req', ...newKey, '-subj', subject, '-out', 'csr']);
    const sign = ['x509', '-req', '-in', 'csr', '-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial'];
    await openssl(folder, [...sign, '-days', '2', '-extfile', 'ext', '-out', 'crt']);
    return readPair(folder);
  });
}

async function readPair(folder: string): Promise<KeyPair> {
  const [cert, key] = await Promise.all([readFile(join(folder, 'crt'), 'utf8'), readFile(join(folder, 'key'), 'utf8')]);
  return { cert, key };
}

async function openssl(cwd: string, args: string[]): Promise<void> {
  await run('openssl', args, { cwd, timeout: 20_000 });
}

async function inScratch<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'certificate-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}
