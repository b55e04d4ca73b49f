import { type Client, ifPresent, type ObjectKey } from '../../kube/index.ts';
import { secrets } from '../../objects/core.ts';
import { SignatureError } from './errors.ts';
import { type SigningKey, signingKey } from './keys.ts';

/** Read for each use, so that a new key counts at once and no copy stands in memory. */
export async function readSigningKey(
  client: Pick<Client, 'get'>,
  key: ObjectKey & { readonly namespace: string },
  signal: AbortSignal,
): Promise<SigningKey> {
  const secret = await ifPresent(client.get(secrets, key, { signal }));
  if (secret !== undefined) return signingKey(secret.data);
  const message = `there is no Secret "${key.name}" in the operator's namespace ${key.namespace}`;
  throw new SignatureError('SigningKeyUnusable', message);
}
