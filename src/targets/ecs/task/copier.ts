import type { Deployment } from '../../../crds/deployment/deployment.ts';
import { copyImage } from '../../../images/registry/copy.ts';
import type { RegistryCredentials } from '../../../images/registry/credentials.ts';
import { RegistryError } from '../../../images/registry/errors.ts';
import { parseImage } from '../../../images/registry/reference.ts';
import { Repository } from '../../../images/registry/repository.ts';
import type { Outbound } from '../../../outbound/outbound.ts';
import type { Clock } from '../../../seams/clock.ts';
import { TargetError } from '../../target.ts';
import type { CopyImage, ImageCopy } from './images.ts';

export interface ImageCopierOptions {
  readonly outbound: Outbound;
  readonly clock: Clock;
  /** How the image of a Deployment is pulled from where it was built. Default: without a login. */
  readonly loginFor?: (
    deployment: Deployment,
    image: string,
    signal: AbortSignal,
  ) => Promise<RegistryCredentials | undefined>;
  /** Which host answers for a registry. Default: itself; tests put a registry of their own in the place of ECR's. */
  readonly hostOf?: (registry: string) => string;
}

/** Copies through this process, layer by layer as streams: neither registry has to reach the other. */
export function createImageCopier({ loginFor, hostOf = (host) => host, ...seams }: ImageCopierOptions): CopyImage {
  return async (copy) => {
    try {
      const { deployment, login, signal } = copy;
      const [source, goal] = [parseImage(copy.from), parseImage(copy.to)];
      const open = (image: typeof source, access: 'pull' | 'push', credentials: RegistryCredentials | undefined) =>
        new Repository({
          ...seams,
          host: hostOf(image.host),
          repository: image.repository,
          access,
          credentials,
          signal,
        });
      const to = open(goal, 'push', login);
      const { tag = '' } = goal;
      const reference = source.digest ?? '';
      // A tag that cannot move refuses even what it has already.
      if ((await to.digestOf(tag)) === reference) return;
      const from = open(source, 'pull', await loginFor?.(deployment, copy.from, signal));
      await copyImage({ from, to, reference, tag });
    } catch (error) {
      throw refusal(error, copy);
    }
  };
}

function refusal(error: unknown, { signal }: ImageCopy): unknown {
  signal.throwIfAborted();
  return error instanceof RegistryError ? new TargetError(error.reason, error.message, { cause: error }) : error;
}
