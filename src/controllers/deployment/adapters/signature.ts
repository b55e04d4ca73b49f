import type { KeyObject } from 'node:crypto';
import { parseImage } from '../../../images/registry/reference.ts';
import { Repository } from '../../../images/registry/repository.ts';
import { SignatureError } from '../../../images/signature/errors.ts';
import { isSigned } from '../../../images/signature/image.ts';
import { publicKeyOf } from '../../../images/signature/keys.ts';
import { readSigningKey } from '../../../images/signature/secret.ts';
import type { Client } from '../../../kube/index.ts';
import type { VerifyImage } from '../ports.ts';
import type { ImageOptions } from './image.ts';

export interface SignaturePolicy {
  /** The operator's own namespace. */
  readonly namespace: string;
  /** Secret with the key that we sign trusted images with. */
  readonly secret: string | undefined;
  /** Further keys, in PEM. */
  readonly publicKeys: readonly string[];
}

interface VerifyOptions extends ImageOptions {
  readonly client: Pick<Client, 'get'>;
  /** Absent: every image may run. */
  readonly policy: SignaturePolicy | undefined;
}

/** Looks for a signature of an accepted key, once for each release, with the login that the pods would pull with. */
export function verifyImage({ client, outbound, clock, loginFor, policy }: VerifyOptions): VerifyImage {
  return async (image, { deployment, signal }) => {
    if (policy === undefined) return;
    const { host, repository, digest } = parseImage(image);
    if (digest === undefined) {
      const message = `${image} is named by a tag, which may lead to another image at any time; write it with its digest`;
      throw new SignatureError('SignatureMissing', message);
    }
    const keys = await acceptedKeys(client, policy, signal);
    const credentials = await loginFor(deployment, image, signal);
    const from = new Repository({ outbound, clock, host, repository, credentials, access: 'pull', signal });
    if (await isSigned(from, digest, keys)) return;
    const message = `${from.shown(digest)} has no signature of a key that this cluster accepts`;
    throw new SignatureError('SignatureMissing', message);
  };
}

async function acceptedKeys(
  client: Pick<Client, 'get'>,
  { namespace, secret, publicKeys }: SignaturePolicy,
  signal: AbortSignal,
): Promise<KeyObject[]> {
  const own = secret === undefined ? [] : [await readSigningKey(client, { namespace, name: secret }, signal)];
  const given = publicKeys.map(publicKeyOf).filter((key) => key !== undefined);
  return [...own.map(({ publicKey }) => publicKey), ...given];
}
