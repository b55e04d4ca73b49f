import { maxMessage } from '../../crds/conditions/condition.ts';
import { type ConditionType, type Summary, summarise } from '../../crds/conditions/conditions.ts';
import type { Deployment } from '../../crds/deployment/deployment.ts';
import type { Environment } from '../../crds/project/environment.ts';
import type { Project } from '../../crds/project/project.ts';
import type { Read } from '../../objects/wire.ts';
import { claimsOn } from './claims.ts';
import type { Plan } from './plan.ts';

type ProjectStatus = NonNullable<Project['status']>;

export function summaryOf(project: Read<Project>, { taken }: Pick<Plan, 'taken'>, refused: readonly string[]): Summary {
  if (refused.length > 0) return { reason: 'EnvironmentRefused', message: sentences([...refused, ...taken]) };
  if (taken.length > 0) return { reason: 'EnvironmentTaken', message: sentences(taken) };
  const count = project.spec.environments?.length ?? 0;
  const message =
    count === 0 ? 'There are no environments yet; nothing runs.' : `${count} of ${count} environments are set up.`;
  return { reason: 'ProjectReady', message };
}

/** A list of sentences, each whole: half of one could say the opposite. */
function sentences(all: readonly string[]): string {
  const kept = all.filter((_, index) => all.slice(0, index + 1).join(' ').length <= maxMessage);
  return (kept.length > 0 ? kept : all.slice(0, 1)).join(' ');
}

/** Condition types that this controller writes. */
export const ownedConditions: readonly ConditionType[] = ['Ready', 'Reconciling', 'Stalled'];

/** Our conditions as they should be; the writer stamps the times by the same rule. */
export function conditionsOf({ metadata, status }: Read<Project>, summary: Summary, now: Date) {
  const generation = metadata.generation ?? 0;
  const owned = new Set<string>(ownedConditions);
  return summarise(status?.conditions ?? [], summary, { now, generation })
    .filter(({ type }) => owned.has(type))
    .map(({ type, status, reason, message }) => ({ type, status, reason, message, observedGeneration: generation }));
}

/** What each environment runs. Where several claim one, it cannot be told. */
export function environmentsOf(
  project: Read<Project>,
  named: readonly Read<Deployment>[],
): ProjectStatus['environments'] {
  return project.spec.environments?.map((environment) => ({
    name: environment.name,
    ...running(deploymentOf(environment, named, project)),
  }));
}

function deploymentOf(environment: Environment, named: readonly Read<Deployment>[], project: Read<Project>) {
  const { own, orphaned, others } = claimsOn(environment.name, named, project);
  if (environment.managedBy === 'Project') return own[0];
  const [only, ...more] = [...own, ...orphaned, ...others];
  return more.length === 0 ? only : undefined;
}

function running(deployment: Read<Deployment> | undefined) {
  if (deployment === undefined) return {};
  const { state, url, live, history } = deployment.status ?? {};
  const commit = history?.find(({ number }) => number === live?.release)?.commit;
  return {
    deployment: deployment.metadata.name,
    ...(state && { state }),
    ...(commit && { commit }),
    ...(url && { url }),
  };
}
