import type { Condition } from '../../../src/crds/conditions/condition.ts';
import type { KubeObject } from '../../../src/kube/object/object.ts';

/** An object of ours as a waiter reads it. */
export interface Observed extends KubeObject {
  status?: {
    observedGeneration?: number;
    state?: string;
    conditions?: readonly Condition[];
  };
}

/** One version of an object, with the one before it where it was seen. */
export interface Version {
  object: Observed;
  before?: Observed | undefined;
}

/** False while the status is what the API server gives a new object: nothing but that no generation was seen. */
export function isAnswered({ status }: Observed): boolean {
  if (status === undefined) return false;
  return status.observedGeneration !== -1 || Object.keys(status).length > 1;
}

export function conditionsOf({ status }: Observed): readonly Condition[] {
  return status?.conditions ?? [];
}

export function conditionOf(object: Observed, type: string): Condition | undefined {
  return conditionsOf(object).find((condition) => condition.type === type);
}

export function statusOf(object: Observed, type: string): Condition['status'] | undefined {
  return conditionOf(object, type)?.status;
}

export function generationOf({ metadata }: Observed): number {
  return metadata.generation ?? 0;
}
