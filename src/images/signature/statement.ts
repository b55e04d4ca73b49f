import { z } from 'zod';

/** What a signature of cosign says: that its subject was signed, and nothing else. */
export const signed = 'https://sigstore.dev/cosign/sign/v1';
const statementType = 'https://in-toto.io/Statement/v1';
const algorithm = 'sha256';

const schema = z.object({
  _type: z.literal(statementType),
  subject: z.array(z.object({ digest: z.record(z.string(), z.string()) })).max(100),
  predicateType: z.string(),
});

/** An in-toto statement that the image with this digest was signed. */
export function statementFor(digest: string): Buffer {
  const subject = [{ digest: { [algorithm]: hexOf(digest) } }];
  return Buffer.from(JSON.stringify({ _type: statementType, subject, predicateType: signed, predicate: {} }));
}

/** Attestations are statements too, and may say anything of an image: only one of a signature counts as one. */
export function isSignatureOf(digest: string, statement: unknown): boolean {
  const read = schema.safeParse(statement);
  if (!read.success || read.data.predicateType !== signed) return false;
  return read.data.subject.some((subject) => subject.digest[algorithm] === hexOf(digest));
}

function hexOf(digest: string): string {
  return digest.slice(`${algorithm}:`.length);
}
