import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { SignatureError } from './errors.ts';

/** A key that signs, and what others check its signatures with. */
export interface SigningKey {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** As they stand in a Secret that cosign makes. */
export const secretKeys = { key: 'cosign.key', password: 'cosign.password' } as const;

/** The key in a Secret; messages say nothing of what stands in it. */
export function signingKey(data: Readonly<Record<string, string>> = {}): SigningKey {
  const pem = decoded(data[secretKeys.key]);
  if (pem === undefined) throw unusable(`it has no key "${secretKeys.key}"`);
  const key = privateKeyOf(pem, decoded(data[secretKeys.password]));
  if ('problem' in key) throw unusable(key.problem);
  return key;
}

/** The key in a text in PEM, or why it cannot be used. */
export function privateKeyOf(pem: string, passphrase?: string): SigningKey | { readonly problem: string } {
  if (/ENCRYPTED (SIGSTORE|COSIGN) PRIVATE KEY/.test(pem)) {
    const instead = 'make one with openssl, as docs/how-to/signatures.md shows';
    return { problem: `its key is encrypted in a format of cosign alone; ${instead}` };
  }
  const privateKey = attempt(() => createPrivateKey({ key: pem, ...(passphrase !== undefined && { passphrase }) }));
  if (privateKey === undefined) {
    return { problem: 'its key is no private key in PEM, or the password is not that of the key' };
  }
  if (!isP256(privateKey)) return { problem: 'its key is no ECDSA key of the curve P-256' };
  return { privateKey, publicKey: createPublicKey(privateKey) };
}

/** Undefined when the text is no public ECDSA P-256 key in PEM. */
export function publicKeyOf(pem: string): KeyObject | undefined {
  const key = attempt(() => createPublicKey(pem));
  return key && !/PRIVATE KEY/.test(pem) && isP256(key) ? key : undefined;
}

/** SHA-256 of the public key, by which people and the bundle format name it. */
export function fingerprintOf(publicKey: KeyObject): Buffer {
  return createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest();
}

function isP256({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): boolean {
  return asymmetricKeyType === 'ec' && asymmetricKeyDetails?.namedCurve === 'prime256v1';
}

function unusable(why: string): SignatureError {
  return new SignatureError('SigningKeyUnusable', `the Secret of the signing key cannot be used: ${why}`);
}

function decoded(value: string | undefined): string | undefined {
  return value === undefined ? undefined : Buffer.from(value, 'base64').toString('utf8');
}

/** OpenSSL's own words could tell of the key. */
function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
