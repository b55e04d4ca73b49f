import type { Service } from '@aws-sdk/client-ecs';
import { familyOfDefinition, releaseOfDefinition } from '../names.ts';
import type { Attempt } from './history.ts';

/** How a release stands at the place. */
export type Standing =
  | { readonly kind: 'Absent' | 'Draining' }
  /** The service is for another release of ours, or the last word on this one is no longer meant. */
  | { readonly kind: 'Elsewhere' }
  | { readonly kind: 'Moving' | 'Serving'; readonly attempt?: Attempt }
  | { readonly kind: 'GaveUp'; readonly why: string; readonly attempt?: Attempt }
  /** A task definition that is none of our releases took the service. */
  | { readonly kind: 'Superseded' };

export interface Known {
  readonly service: Service | undefined;
  /** Newest first. */
  readonly attempts: readonly Attempt[];
  readonly serviceName: string;
  /** Family of the release that is asked about. */
  readonly family: string;
  readonly memory: Memory;
}

/** Which attempt brought which task definition, as it was seen last. A hint: everything is found again without it. */
export interface Memory {
  readonly deploymentArn?: string | undefined;
  readonly taskDefinitionArn?: string | undefined;
}

const failed = new Set([
  'STOPPED',
  'ROLLBACK_REQUESTED',
  'ROLLBACK_IN_PROGRESS',
  'ROLLBACK_SUCCESSFUL',
  'ROLLBACK_FAILED',
]);

/**
 * Decided by the newest service deployment alone. That a service is stable says nothing: it is stable after ECS went back
 * to the release before as well.
 */
export function standingOf(known: Known): Standing {
  const { service, attempts, family } = known;
  if (!service || service.status === 'INACTIVE') return { kind: 'Absent' };
  if (service.status === 'DRAINING') return { kind: 'Draining' };
  const [latest] = attempts;
  if (!latest) return withoutAttempt(service, known);
  if (isOf(family, latest.target)) return asTarget(latest, service, known);
  if (isOf(family, latest.back)) return asWayBack(latest);
  // The list may be older than the service, never the other way round: an attempt is made after the service changed.
  if (isOf(family, service.taskDefinition)) return { kind: 'Moving' };
  const taken = isForeign(latest.target, known) || isForeign(service.taskDefinition, known);
  return { kind: taken ? 'Superseded' : 'Elsewhere' };
}

function asTarget(latest: Attempt, service: Service, known: Known): Standing {
  const { memory, family } = known;
  if (isForeign(service.taskDefinition, known)) return { kind: 'Superseded' };
  if (failed.has(latest.status)) {
    // The same attempt was seen bringing another release since: this is a new wish for a release that failed once.
    const settled = memory.deploymentArn === latest.arn && !isOf(family, memory.taskDefinitionArn);
    return settled ? { kind: 'Elsewhere' } : { kind: 'GaveUp', attempt: latest, why: latest.why };
  }
  if (latest.status === 'SUCCESSFUL') return { kind: 'Serving', attempt: latest };
  const stalled = stalledReason(service, family);
  return stalled === undefined
    ? { kind: 'Moving', attempt: latest }
    : { kind: 'GaveUp', attempt: latest, why: stalled };
}

function asWayBack(latest: Attempt): Standing {
  if (latest.status === 'ROLLBACK_SUCCESSFUL') return { kind: 'Serving', attempt: latest };
  return latest.status === 'ROLLBACK_FAILED' ? { kind: 'Elsewhere' } : { kind: 'Moving', attempt: latest };
}

/** ECS keeps the history for 90 days, and shows the first attempt a moment late. */
function withoutAttempt(service: Service, known: Known): Standing {
  if (!isOf(known.family, service.taskDefinition)) {
    return { kind: isForeign(service.taskDefinition, known) ? 'Superseded' : 'Elsewhere' };
  }
  const stalled = stalledReason(service, known.family);
  if (stalled !== undefined) return { kind: 'GaveUp', why: stalled };
  const completed = primaryOf(service, known.family)?.rolloutState === 'COMPLETED';
  return { kind: completed ? 'Serving' : 'Moving' };
}

/** A first release has nothing to go back to: ECS stops starting tasks, and leaves the attempt as it is. */
function stalledReason(service: Service, family: string): string | undefined {
  const primary = primaryOf(service, family);
  return primary?.rolloutState === 'FAILED' ? (primary.rolloutStateReason ?? '') : undefined;
}

function primaryOf({ deployments = [] }: Service, family: string) {
  return deployments.find(({ status, taskDefinition }) => status === 'PRIMARY' && isOf(family, taskDefinition));
}

function isOf(family: string, definition: string | undefined): boolean {
  return definition !== undefined && familyOfDefinition(definition) === family;
}

function isForeign(definition: string | undefined, { serviceName }: Known): boolean {
  return definition !== undefined && releaseOfDefinition(serviceName, definition) === undefined;
}
