import type { DeploymentStatus } from '../../../crds/deployment/status.ts';
import type { Finding } from '../../../rollout/engine/state.ts';
import type { Look } from '../look.ts';
import { ownedAxes } from '../status/conditions.ts';
import { refusedAction, summarised } from '../status/status.ts';

type Begun = NonNullable<DeploymentStatus['handOver']>;

/** Nothing is known any more of what serves. The history stays, for people. */
export function handedOverStatus(look: Look, handOver: Begun): { fields: Partial<DeploymentStatus>; summary: Finding } {
  const message = `Deployment.apps ${handOver.deployment} runs the app; this Deployment does nothing any more.`;
  const summary: Finding = { reason: 'HandedOver', message };
  const gone = {
    live: undefined,
    next: undefined,
    previous: undefined,
    rollout: undefined,
    queued: undefined,
    checks: undefined,
    hints: undefined,
    build: undefined,
    heldCommit: undefined,
    selector: undefined,
    memory: undefined,
    replicas: 0,
    readyReplicas: 0,
  };
  const axes = [
    ...ownedAxes.map((type) => ({ type, gone: true as const })),
    ...refusedAction(look.deployment.status ?? {}),
  ];
  return { fields: { ...summarised(look, summary, axes), ...gone, handOver }, summary };
}
