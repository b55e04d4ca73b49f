import type { Service } from '@aws-sdk/client-ecs';
import { type Intent, type Step, TargetError } from '../../target.ts';
import { isFailure } from '../account/failures.ts';
import type { Session } from '../account/sessions.ts';
import { hasTags } from '../account/tags.ts';
import type { Names } from '../names.ts';
import { findService, type Look } from './look.ts';
import { changeOf, createInput, wantedService } from './service.ts';

/** Nothing tells us when ECS has moved. */
const pollMs = 15_000;

interface Where {
  readonly session: Session;
  readonly names: Names;
  readonly signal: AbortSignal;
}

interface Means extends Where {
  /** ARN of the release's task definition, registered again when somebody took it away. */
  readonly definition: () => Promise<string>;
}

const waiting = (message: string): Step => ({ done: false, message, retryAfterMs: pollMs });

/** The one call that brings the service nearer to the intent, or none. */
export async function moveService(seen: Look, intent: Intent, means: Means): Promise<Step> {
  switch (seen.standing.kind) {
    case 'Absent':
      return intent.paused ? { done: true } : create(seen, intent, means);
    case 'Draining':
      return waiting('An ECS service of the same name is still ending.');
    case 'Superseded':
    case 'GaveUp':
      // Another try would be another fight; who decides that sees the outcome.
      return { done: true };
    case 'Elsewhere':
      return intent.paused ? update(seen, intent, { ...means, scaleOnly: true }) : moveHere(seen, intent, means);
    case 'Moving':
      return (await update(seen, intent, { ...means, scaleOnly: true })) && waiting('ECS is replacing tasks.');
    default:
      return update(seen, intent, means);
  }
}

async function moveHere(seen: Look, intent: Intent, means: Means): Promise<Step> {
  const taskDefinition = await means.definition();
  await update(seen, intent, { ...means, taskDefinition });
  return waiting('ECS was told to replace tasks.');
}

async function create({ service }: Look, intent: Intent, means: Means): Promise<Step> {
  const { session, names, signal } = means;
  const { settings } = session.place;
  const taskDefinition = await means.definition();
  // A service that was deleted may be made again under its name; its token must not give the old one back.
  const incarnation = service?.createdAt?.toISOString() ?? '';
  const at = { cluster: settings.cluster, names, taskDefinition, incarnation };
  const input = createInput(wantedService(intent, settings), at);
  await session.ask({ action: 'ecs:CreateService', signal }, ({ ecs }, sent) => ecs.createService(input, sent));
  return waiting('The ECS service was made.');
}

async function update(
  { service }: Look,
  intent: Intent,
  { session, names, signal, ...how }: Where & { readonly taskDefinition?: string; readonly scaleOnly?: boolean },
): Promise<Step> {
  const { settings } = session.place;
  const wanted = wantedService(intent, settings);
  const change = service && changeOf(service, wanted, how.taskDefinition);
  const { networkConfiguration, ...rest } = change ?? {};
  // Another network starts a deployment of its own, so it waits until nothing else is under way.
  const sent = how.scaleOnly === true || networkConfiguration === undefined ? rest : { ...rest, networkConfiguration };
  if (Object.keys(sent).length === 0) return { done: true };
  await session.ask({ action: 'ecs:UpdateService', signal }, ({ ecs }, options) =>
    ecs.updateService({ cluster: settings.cluster, service: names.service, ...sent }, options),
  );
  return { done: true };
}

/** Ends the tasks as well. What belongs to somebody else stays. */
export async function removeService({ session, names, signal }: Where): Promise<Step> {
  const service = await findUnlessClusterIsGone({ session, names, signal });
  if (!service || service.status === 'INACTIVE' || !hasTags(service.tags, names.tags)) return { done: true };
  if (service.status === 'ACTIVE') await deleteService({ session, names, signal });
  return waiting('The ECS service and its tasks are ending.');
}

/** A cluster can be deleted only when nothing runs in it. */
async function findUnlessClusterIsGone({ session, names, signal }: Where): Promise<Service | undefined> {
  try {
    return await findService(session, names, signal);
  } catch (error) {
    if (error instanceof TargetError && isFailure(error.cause, 'ClusterNotFoundException')) return undefined;
    throw error;
  }
}

async function deleteService({ session, names, signal }: Where): Promise<void> {
  const gone = ['ServiceNotFoundException', 'ServiceNotActiveException'];
  try {
    await session.ask({ action: 'ecs:DeleteService', signal, expected: gone }, ({ ecs }, sent) =>
      ecs.deleteService({ cluster: session.place.settings.cluster, service: names.service, force: true }, sent),
    );
  } catch (error) {
    if (!isFailure(error, ...gone)) throw error;
  }
}
