import { unmeasurable } from '../../../checks/measure.ts';
import type { Check } from '../../../crds/check/check.ts';
import type { Strategy } from '../../../crds/strategy/strategy.ts';
import { lostMessage } from '../../../rollout/engine/checks.ts';
import { backgroundOf, legsOf } from '../../../rollout/engine/legs.ts';
import type { Look } from '../look.ts';
import { Obstacle } from '../obstacle.ts';

type Spoken = Pick<Look, 'deployment' | 'stores'>;

/** The checks that the strategy names and that can be measured. One of the Deployment hides the Project's of its name. */
export function namedChecks(look: Spoken): Check[] {
  return definedChecks(look).filter((check) => unmeasurable(check) === undefined);
}

/** Before a release begins that could not be measured to its end. */
export function refuseLostChecks(look: Spoken): void {
  const defined = definedChecks(look);
  const lost = namesIn(look.deployment.spec.strategy).find((name) => !defined.some((check) => check.name === name));
  if (lost !== undefined) throw new Obstacle('CheckNotFound', lostMessage(lost));
  for (const check of defined) {
    const why = unmeasurable(check);
    if (why !== undefined) throw new Obstacle('Unsupported', `Check "${check.name}": ${why}`);
  }
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
