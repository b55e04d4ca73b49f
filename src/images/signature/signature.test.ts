import { generateKeyPairSync } from 'node:crypto';
import { expect, it } from 'vitest';
import { bundleType, isSignedBy, signatureBundle } from './bundle.ts';
import { sealed } from './envelope.ts';
import { publicKeyOf, type SigningKey, signingKey } from './keys.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const ours = aKey();
const accepted = [ours.publicKey];

function aKey(): SigningKey {
  return generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
}

const base64 = (text: string) => Buffer.from(text).toString('base64');
const pemOf = ({ privateKey }: SigningKey) => privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const parsed = (bundle: Buffer) => JSON.parse(bundle.toString()) as { dsseEnvelope: { payload: string } };

/** A bundle with any statement in it, signed with our key. */
function bundleOf(statement: object) {
  return { mediaType: bundleType, dsseEnvelope: sealed(Buffer.from(JSON.stringify(statement)), ours) };
}

it('is a signature of the one image, with the one key', () => {
  const bundle = parsed(signatureBundle(digest, ours));

  expect(isSignedBy(bundle, digest, accepted)).toBe(true);
  expect(isSignedBy(bundle, digest, [aKey().publicKey, ours.publicKey])).toBe(true);
  expect(isSignedBy(bundle, `sha256:${'b'.repeat(64)}`, accepted)).toBe(false);
  expect(isSignedBy(bundle, digest, [aKey().publicKey])).toBe(false);
  expect(isSignedBy(bundle, digest, [])).toBe(false);
});

it('is none when what was signed is changed', () => {
  const bundle = parsed(signatureBundle(`sha256:${'b'.repeat(64)}`, ours));
  const other = parsed(signatureBundle(digest, aKey()));
  const swapped = { ...bundle, dsseEnvelope: { ...bundle.dsseEnvelope, payload: other.dsseEnvelope.payload } };

  expect(isSignedBy(swapped, digest, accepted)).toBe(false);
});

it.each([
  ['nothing', undefined],
  ['another file', { mediaType: 'text/plain' }],
  ['a bundle without signatures', { ...bundleOf({}), dsseEnvelope: { ...bundleOf({}).dsseEnvelope, signatures: [] } }],
  ['an attestation of the image', bundleOf(statement('https://slsa.dev/provenance/v1'))],
  ['a statement of no image', bundleOf({ ...statement('https://sigstore.dev/cosign/sign/v1'), subject: [] })],
  ['a statement of another kind', bundleOf({ ...statement('https://sigstore.dev/cosign/sign/v1'), _type: 'other' })],
])('does not take %s for a signature', (_what, bundle) => {
  expect(isSignedBy(bundle, digest, accepted)).toBe(false);
});

function statement(predicateType: string) {
  const subject = [{ digest: { sha256: 'a'.repeat(64) } }];
  return { _type: 'https://in-toto.io/Statement/v1', subject, predicateType };
}

it('reads a key as openssl writes it, with and without a password', () => {
  const { privateKey } = ours;
  const locked = privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'planted' });
  const old = privateKey.export({ type: 'sec1', format: 'pem' });

  for (const secret of [
    { 'cosign.key': base64(pemOf(ours)) },
    { 'cosign.key': base64(old.toString()) },
    { 'cosign.key': base64(locked.toString()), 'cosign.password': base64('planted') },
  ])
    expect(signingKey(secret).publicKey.equals(ours.publicKey)).toBe(true);
});

it.each([
  ['an empty Secret', {}, 'it has no key "cosign.key"'],
  ['what is no key', { 'cosign.key': base64('planted') }, 'no private key in PEM'],
  ['a key of another sort', { 'cosign.key': base64(ed25519()) }, 'no ECDSA key of the curve P-256'],
  [
    'a key in the format of cosign',
    { 'cosign.key': base64('-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\nplanted\n') },
    'make one with openssl',
  ],
])('says of %s what is wrong, and nothing of what is in it', (_what, secret, message) => {
  const refusal = () => signingKey(secret);

  expect(refusal).toThrow(expect.objectContaining({ reason: 'SigningKeyUnusable' }));
  expect(refusal).toThrow(message);
  expect(refusal).not.toThrow('planted');
});

function ed25519(): string {
  return generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

it('takes public keys alone for public keys', () => {
  const pem = ours.publicKey.export({ type: 'spki', format: 'pem' }).toString();

  expect(publicKeyOf(pem)?.equals(ours.publicKey)).toBe(true);
  expect(publicKeyOf(pemOf(ours))).toBeUndefined();
  expect(publicKeyOf('key')).toBeUndefined();
});
