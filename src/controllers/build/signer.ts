import type { Trust } from '../../crds/build/status.ts';
import type { Project } from '../../crds/project/project.ts';
import { credentialsFor } from '../../images/registry/credentials.ts';
import { parseImage } from '../../images/registry/reference.ts';
import { Repository } from '../../images/registry/repository.ts';
import { signImage } from '../../images/signature/image.ts';
import { fingerprintOf, type SigningKey } from '../../images/signature/keys.ts';
import { readSigningKey } from '../../images/signature/secret.ts';
import { type Client, ifPresent, type Stored } from '../../kube/index.ts';
import { secrets } from '../../objects/core.ts';
import type { Outbound } from '../../outbound/outbound.ts';
import type { Clock } from '../../seams/clock.ts';
import { ownLoginOf, repositoryOf } from './trust.ts';

export interface Pushed {
  readonly project: Stored<Project>;
  readonly trust: Trust;
  readonly digest: string;
}

/**
 * Signs what was pushed. The operator does it and no pod of a build: on the node of a build runs code of a repository, and
 * one key stands for all images of a trust level. Both throw a ReasonError.
 */
export interface Signer {
  /** Before anything is built in vain: whether there is a key, where one is wanted. */
  check(trust: Trust, signal: AbortSignal): Promise<void>;
  /** Fingerprint of the key; undefined where nothing is to be signed. Signs once, however often it is called. */
  sign(pushed: Pushed, signal: AbortSignal): Promise<string | undefined>;
}

export interface SignerParts {
  readonly client: Pick<Client, 'get'>;
  readonly outbound: Outbound;
  readonly clock: Clock;
  /** The operator's own, where the Secrets with the keys are. */
  readonly namespace: string;
  readonly keys: Readonly<Partial<Record<Trust, string>>>;
}

export function createSigner(parts: SignerParts): Signer {
  const { client, namespace, keys } = parts;
  const keyFor = async (trust: Trust, signal: AbortSignal): Promise<SigningKey | undefined> => {
    const name = keys[trust];
    return name === undefined ? undefined : readSigningKey(client, { namespace, name }, signal);
  };
  return {
    check: async (trust, signal) => void (await keyFor(trust, signal)),
    sign: async (pushed, signal) => {
      const key = await keyFor(pushed.trust, signal);
      if (key === undefined) return undefined;
      await signImage(await repositoryFor(parts, pushed, signal), pushed.digest, key);
      return fingerprintOf(key.publicKey).toString('hex');
    },
  };
}

async function repositoryFor(
  { client, outbound, clock }: SignerParts,
  { project, trust }: Pushed,
  signal: AbortSignal,
): Promise<Repository> {
  const image = parseImage(repositoryOf(project, trust));
  const { namespace = '' } = project.metadata;
  const name = ownLoginOf(project, trust);
  const secret = name === undefined ? undefined : await ifPresent(client.get(secrets, { namespace, name }, { signal }));
  const credentials = secret && credentialsFor(image, secret);
  return new Repository({ ...image, outbound, clock, credentials, access: 'push', signal });
}
