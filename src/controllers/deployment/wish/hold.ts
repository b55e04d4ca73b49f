import type { DeploymentSpec } from '../../../crds/deployment/spec.ts';
import type { DeploymentStatus } from '../../../crds/deployment/status.ts';

export interface Hold {
  /** The release that is to serve; absent when it is whichever does or comes. */
  readonly release?: number;
  readonly why: string;
}

/** Why newer releases are held back; the first that applies. */
export function holdOf(
  { pin, suspend }: Pick<DeploymentSpec, 'pin' | 'suspend'>,
  pinned: DeploymentStatus['pinned'],
): Hold | undefined {
  if (pin !== undefined) return { release: pin, why: `Newer ones are held: spec.pin is ${pin}.` };
  if (pinned !== undefined) {
    const why = `Newer ones are held: ${pinned.message} vish.dev/retry: "${pinned.release}" lets them through.`;
    return { release: pinned.release, why };
  }
  return suspend ? { why: 'Newer ones are held: spec.suspend is set.' } : undefined;
}
