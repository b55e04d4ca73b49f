import type { Deployment } from '../../../crds/deployment/deployment.ts';
import type { Read } from '../../../objects/wire.ts';
import { Obstacle, retryAfterMs } from '../obstacle.ts';
import type { Binding, FindTarget } from '../ports.ts';
import { checkSupport } from '../support/support.ts';

/** The place of the Deployment, when there is one that can do all that the spec asks for. */
export function bindingOf(findTarget: FindTarget, deployment: Read<Deployment>): Binding | Obstacle {
  const found = findTarget(deployment);
  if ('reason' in found) return new Obstacle(found.reason, found.message, { lookAgainMs: retryAfterMs(found) });
  try {
    checkSupport(deployment.spec, found.target.capabilities);
    return found;
  } catch (error) {
    if (error instanceof Obstacle) return error;
    throw error;
  }
}
