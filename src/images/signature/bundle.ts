import type { KeyObject } from 'node:crypto';
import { z } from 'zod';
import { parsed } from '../registry/types.ts';
import { type Envelope, envelope, opened, sealed } from './envelope.ts';
import { fingerprintOf, type SigningKey } from './keys.ts';
import { isSignatureOf, statementFor } from './statement.ts';

/** The file format of Sigstore's tools, in which cosign 3 keeps signatures. */
export const bundleType = 'application/vnd.dev.sigstore.bundle.v0.3+json';
const schema = z.object({ mediaType: z.literal(bundleType), dsseEnvelope: envelope });

/** A signature of the image with this digest. Each call makes another one: ECDSA takes a random number. */
export function signatureBundle(digest: string, key: SigningKey): Buffer {
  const dsseEnvelope: Envelope = sealed(statementFor(digest), key);
  const hint = fingerprintOf(key.publicKey).toString('base64');
  return Buffer.from(
    JSON.stringify({ mediaType: bundleType, verificationMaterial: { publicKey: { hint } }, dsseEnvelope }),
  );
}

/** Whether the bundle is a signature of this image with one of the keys. Anybody may have written it. */
export function isSignedBy(bundle: unknown, digest: string, keys: readonly KeyObject[]): boolean {
  const read = schema.safeParse(bundle);
  const statement = read.success ? opened(read.data.dsseEnvelope, keys) : undefined;
  return statement !== undefined && isSignatureOf(digest, parsed(statement));
}
