import { type Place, unmeasurable } from '../../../checks/measure.ts';
import type { Check } from '../../../crds/check/check.ts';
import type { Strategy } from '../../../crds/strategy/strategy.ts';
import { lostMessage } from '../../../rollout/engine/checks.ts';
import { backgroundOf, legsOf } from '../../../rollout/engine/legs.ts';
import type { Look } from '../look.ts';
import { Obstacle } from '../obstacle.ts';

type Spoken = Pick<Look, 'deployment' | 'stores'>;

/** The checks that the strategy names and that can be measured. One of the Deployment hides the Project's of its name. */
export function namedChecks(look: Spoken): Check[] {
  const place = placeOf(look);
  return definedChecks(look).filter((check) => unmeasurable(check, place) === undefined);
}

/** Before a release begins that could not be measured to its end. */
export function refuseLostChecks(look: Spoken): void {
  const defined = definedChecks(look);
  const lost = namesIn(look.deployment.spec.strategy).find((name) => !defined.some((check) => check.name === name));
  if (lost !== undefined) throw new Obstacle('CheckNotFound', lostMessage(lost));
  const place = placeOf(look);
  for (const check of defined) {
    const why = unmeasurable(check, place);
    if (why !== undefined) throw new Obstacle('Unsupported', `Check "${check.name}": ${why}`);
  }
}

function placeOf({ deployment: { spec } }: Spoken): Place {
  return { inCluster: spec.target.cluster !== undefined, port: spec.workload.port };
}

function definedChecks({ deployment, stores }: Spoken): Check[] {
  const { strategy, checks: own = [], projectRef } = deployment.spec;
  const names = namesIn(strategy);
  if (names.length === 0) return [];
  const key = `${deployment.metadata.namespace ?? ''}/${projectRef?.name ?? ''}`;
  const shared = stores.projects.store.get(key)?.spec.checks ?? [];
  const known = [...own, ...shared];
  return names.flatMap((name) => known.find((check) => check.name === name) ?? []);
}

function namesIn(strategy: Strategy): string[] {
  const ofLegs = legsOf(strategy).flatMap(({ checks = [] }) => checks);
  return [...new Set([...ofLegs, ...backgroundOf(strategy)])];
}
