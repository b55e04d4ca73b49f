import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

export interface KeyPair {
  /** Of the private half. */
  readonly file: string;
  readonly privateKey: string;
  /** Type and content, as one line of OpenSSH begins. */
  readonly publicKey: string;
  /** As `SHA256:...`. */
  readonly fingerprint: string;
}

export interface KeyOptions {
  /** Default: ed25519. */
  readonly type?: 'ed25519' | 'rsa' | 'ecdsa';
  /** Default: none. */
  readonly passphrase?: string;
  /** Default: the one of OpenSSH. */
  readonly format?: 'PEM';
}

/** Makes a pair with ssh-keygen. */
export async function makeKey(folder: string, name: string, options: KeyOptions = {}): Promise<KeyPair> {
  const { type = 'ed25519', passphrase = '', format } = options;
  const file = join(folder, name);
  const form = format === undefined ? [] : ['-m', format];
  await keygen('-q', '-t', type, ...form, '-N', passphrase, '-C', 'test', '-f', file);
  const [privateKey, publicLine] = await Promise.all([readFile(file, 'utf8'), readFile(`${file}.pub`, 'utf8')]);
  const [, fingerprint = ''] = (await keygen('-l', '-f', `${file}.pub`)).split(' ');
  return { file, privateKey, publicKey: publicLine.split(' ').slice(0, 2).join(' '), fingerprint };
}

/** As `ssh-keygen -H` writes it. */
export async function hashed(knownHosts: string): Promise<string> {
  await keygen('-q', '-H', '-f', knownHosts);
  return readFile(knownHosts, 'utf8');
}

async function keygen(...args: readonly string[]): Promise<string> {
  return (await promisify(execFile)('ssh-keygen', args, { timeout: 30_000 })).stdout;
}
