import { type KeyObject, sign, verify } from 'node:crypto';
import { z } from 'zod';
import type { SigningKey } from './keys.ts';

/** What is signed, with its signatures: the envelope of the DSSE specification. */
export const envelope = z.object({
  payload: z.base64().max(64 * 1024),
  payloadType: z.literal('application/vnd.in-toto+json'),
  signatures: z
    .array(z.object({ sig: z.base64().max(1024) }))
    .min(1)
    .max(10),
});
export type Envelope = z.output<typeof envelope>;

const payloadType = 'application/vnd.in-toto+json';

export function sealed(payload: Buffer, { privateKey }: SigningKey): Envelope {
  const sig = sign('sha256', bytesToSign(payload), privateKey).toString('base64');
  return { payload: payload.toString('base64'), payloadType, signatures: [{ sig }] };
}

/** The payload when one of the signatures is of one of the keys. */
export function opened({ payload, signatures }: Envelope, keys: readonly KeyObject[]): Buffer | undefined {
  const content = Buffer.from(payload, 'base64');
  const bytes = bytesToSign(content);
  const holds = signatures.some(({ sig }) =>
    keys.some((key) => verify('sha256', bytes, key, Buffer.from(sig, 'base64'))),
  );
  return holds ? content : undefined;
}

/** The type is signed along, so that nobody passes the content off as another one. */
function bytesToSign(payload: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`DSSEv1 ${payloadType.length} ${payloadType} ${payload.length} `), payload]);
}
