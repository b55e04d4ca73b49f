import type { Deployment } from '../../crds/deployment/deployment.ts';
import { type Capabilities, TargetError } from '../target.ts';
import { settingsOf } from './settings.ts';

export const capabilities: Capabilities = {
  strategies: ['Rolling', 'Recreate', 'BlueGreen', 'Canary'],
  warmPrevious: true,
  weights: true,
  configuration: true,
  commands: true,
};

/** What cannot be done here, before anything changes, with what can be done instead. */
export function refuseUnsupported(deployment: Deployment): void {
  const { gateway } = settingsOf(deployment);
  if (gateway?.sessionCookie !== undefined) {
    refuse('visitors are not kept on one release yet: remove target.cluster.gateway.sessionCookie');
  }
}

function refuse(message: string): never {
  throw new TargetError('Unsupported', message);
}
