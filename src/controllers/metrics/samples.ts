import type { Condition } from '../../crds/conditions/condition.ts';
import { findCondition } from '../../crds/conditions/conditions.ts';
import { stateOf } from '../../crds/conditions/states.ts';
import type { StoredObject } from '../../kube/index.ts';

export type Sample = [labels: Record<string, string>, value: number];

export interface GaugeDefinition<Of> {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
  readonly samples: (of: Of) => Sample[];
}

type WithConditions = StoredObject & { status?: { conditions?: Condition[] | undefined } | undefined };

export function summarySample(kind: string, object: WithConditions): Sample {
  const conditions = object.status?.conditions ?? [];
  const reason = findCondition(conditions, 'Ready')?.reason ?? '';
  return [{ kind, ...nameOf(object), state: stateOf(conditions), reason }, 1];
}

export function nameOf({ metadata: { namespace = '', name } }: StoredObject): { namespace: string; name: string } {
  return { namespace, name };
}

/** Seconds since 1970, which is how Prometheus has times. */
export function timestampOf(time: string): number {
  return Date.parse(time) / 1000;
}
