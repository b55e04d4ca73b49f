import { imageByDigest } from '../../../images/registry/by-digest.ts';
import { parseImage } from '../../../images/registry/reference.ts';
import { Repository } from '../../../images/registry/repository.ts';
import type { Outbound } from '../../../outbound/outbound.ts';
import type { Clock } from '../../../seams/clock.ts';
import type { ResolveImage } from '../ports.ts';
import type { LoginFor } from './pull-login.ts';

export interface ImageOptions {
  readonly outbound: Outbound;
  readonly clock: Clock;
  readonly loginFor: LoginFor;
}

/** Looks a tag up at its registry, with the login that the pods would pull with. A digest is taken as it is. */
export function resolveImage({ outbound, clock, loginFor }: ImageOptions): ResolveImage {
  return async (written, { deployment, signal }) => {
    const isFixed = parseImage(written).digest !== undefined;
    const credentials = isFixed ? undefined : await loginFor(deployment, written, signal);
    return imageByDigest(written, ({ host, repository }) => {
      return new Repository({ outbound, clock, host, repository, credentials, access: 'pull', signal });
    });
  };
}
