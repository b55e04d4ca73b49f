import type { Deployment } from '../../crds/deployment/deployment.ts';
import { type Capabilities, TargetError } from '../target.ts';
import { settingsOf } from './settings.ts';

export const capabilities: Capabilities = {
  strategies: ['Rolling', 'Recreate', 'BlueGreen', 'Canary'],
  warmPrevious: true,
  weights: true,
  configuration: true,
};

/** What cannot be done here, before anything changes, with what can be done instead. */
export function refuseUnsupported(deployment: Deployment): void {
  const { adopt, gateway } = settingsOf(deployment);
  if (gateway?.sessionCookie !== undefined) {
    refuse('visitors are not kept on one release yet: remove target.cluster.gateway.sessionCookie');
  }
  if (adopt !== undefined) {
    refuse('apps/v1 Deployments are not taken over yet: remove target.cluster.adopt and choose a name of its own');
  }
}

function refuse(message: string): never {
  throw new TargetError('Unsupported', message);
}
