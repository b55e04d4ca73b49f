import type { OutboundStream } from '../../outbound/outbound.ts';
import type { Access } from './calls.ts';
import { RegistryError, type RegistryReason } from './errors.ts';

export interface Refusal {
  readonly host: string;
  readonly what: string;
  readonly status: number;
  /** The registry's own word, such as DENIED. */
  readonly code: string | undefined;
  readonly retryAfterMs: number | undefined;
}

interface Meaning {
  readonly reason: RegistryReason;
  readonly advice: string;
}

const byAccess: Readonly<Record<Access, Readonly<Record<'denied' | 'missing' | 'refused', Meaning>>>> = {
  pull: {
    denied: { reason: 'SourceForbidden', advice: 'let the pull Secret hold a login that may read it' },
    missing: {
      reason: 'SourceNotFound',
      advice: 'correct the image, or let the pull Secret hold a login that may read it',
    },
    refused: { reason: 'SourceRefused', advice: 'check that the address is that of a registry' },
  },
  push: {
    denied: { reason: 'PushDenied', advice: 'let image.credentialsRef name a Secret that may push there' },
    missing: { reason: 'PushDenied', advice: 'make the repository, or correct image.repository' },
    refused: { reason: 'PushDenied', advice: 'check that image.repository is one of a registry that takes it' },
  },
  delete: {
    denied: { reason: 'PushDenied', advice: 'let image.credentialsRef name a Secret that may delete there' },
    missing: { reason: 'PushDenied', advice: 'correct image.repository' },
    refused: { reason: 'PushDenied', advice: 'switch deletion on at the registry' },
  },
};

const unreachable: Meaning = { reason: 'RegistryUnreachable', advice: 'it is tried again by itself' };

/** What was sent did not arrive whole, or what it builds on went away meanwhile: sent again, it is right. */
const passing = new Set([
  'DIGEST_INVALID',
  'SIZE_INVALID',
  'BLOB_UPLOAD_INVALID',
  'BLOB_UPLOAD_UNKNOWN',
  'MANIFEST_BLOB_UNKNOWN',
]);

/** Why an answer is an error: which reason it has, and what to do. */
export function problemOf(access: Access, { host, what, status, code, retryAfterMs }: Refusal): RegistryError {
  const { reason, advice } = passing.has(code ?? '') ? unreachable : meaningOf(access, status);
  const said = code === undefined ? `status ${status}` : `status ${status}, ${code}`;
  return new RegistryError(reason, `${what}: the registry ${host} answered with ${said}; ${advice}`, { retryAfterMs });
}

function meaningOf(access: Access, status: number): Meaning {
  const { denied, missing, refused } = byAccess[access];
  if (status === 401 || status === 403) return denied;
  if (status === 404) return missing;
  return status === 408 || status === 429 || status >= 500 ? unreachable : refused;
}

const mostOfError = 16 * 1024;

/** Takes from a failed answer what is safe to show: its words are the registry's, so only the code is. */
export async function describe(answer: OutboundStream) {
  const { status, headers, body } = answer;
  let text = '';
  for await (const chunk of body) {
    text += Buffer.from(chunk).toString('latin1');
    if (text.length > mostOfError) break;
  }
  answer.cancel();
  const [, code] = /"code"\s*:\s*"([A-Z][A-Z_]{1,40})"/.exec(text) ?? [];
  const [seconds] = /^\d{1,6}$/.exec(headers.get('retry-after') ?? '') ?? [];
  return { status, code, retryAfterMs: seconds === undefined ? undefined : Number(seconds) * 1000 };
}
