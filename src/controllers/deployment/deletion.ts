import type { Deployment } from '../../crds/deployment/deployment.ts';
import { reasonEntry } from '../../crds/reasons/reasons.ts';
import { type Client, done, Finalizers, type Result } from '../../kube/index.ts';
import { deployments } from '../../objects/vish.ts';
import type { Read } from '../../objects/wire.ts';
import type { Finding } from '../../rollout/engine/state.ts';
import type { Look } from './look.ts';
import { findingOf, Obstacle, retryAfterMs } from './obstacle.ts';
import type { Parts } from './parts.ts';
import { recall } from './place/memory.ts';
import type { Binding } from './ports.ts';
import { lookAgainIn } from './requeue.ts';
import { toldStatus } from './status/status.ts';

/** Held only by Deployments of which something stands outside the cluster. */
export const targetFinalizer = 'vish.dev/target';

const retryMs = 5000;

/** Before anything is made outside: what is made without it would stay when the Deployment goes. */
export async function holdOpen(
  client: Client,
  deployment: Read<Deployment>,
  { binding, signal }: { binding: Binding; signal: AbortSignal },
): Promise<Read<Deployment>> {
  if (!binding.outside || isHeld(deployment)) return deployment;
  const { object } = await finalizers(client, () => Promise.resolve(undefined)).reconcile(deployment, { signal });
  return object ?? deployment;
}

/** Undoes what stands outside. In the cluster everything goes by owner references. */
export async function remove(parts: Parts, look: Look): Promise<Result> {
  const { deployment, signal } = look;
  if (!isHeld(deployment)) return done;
  const work = () => removeAtPlace(parts, look);
  const { results } = await finalizers(parts.client, work).reconcile(deployment, { signal });
  const [result] = results;
  if (result === undefined || result.outcome === 'done') return done;
  if (result.outcome === 'pending') return tell(parts, look, { lookAgainMs: result.requeueAfterMs });
  const finding = findingOf(result.error);
  if (finding === undefined) throw result.error;
  return tell(parts, look, { finding: withWayOut(finding), lookAgainMs: retryAfterMs(finding) });
}

async function removeAtPlace({ findTarget }: Parts, { deployment, signal, log }: Look): Promise<number | undefined> {
  const binding = findTarget(deployment);
  if ('reason' in binding) throw new Obstacle(binding.reason, binding.message);
  const memory = recall(binding, deployment.status);
  const step = await binding.target.remove({ deployment, memory, signal, log });
  return step.done ? undefined : (step.retryAfterMs ?? retryMs);
}

/** A place that is lost for good, such as a closed account, must not keep the Deployment for ever. */
function withWayOut({ reason, message }: Finding): Finding {
  if (reasonEntry(reason)?.course !== 'Stuck') return { reason, message };
  const wayOut = `To leave behind what it has there, remove the finalizer ${targetFinalizer} from the Deployment.`;
  return { reason, message: `${message.replace(/[.;]?$/u, '.')} ${wayOut}` };
}

interface Pending {
  readonly finding?: Finding;
  readonly lookAgainMs: number;
}

const cleaning: Finding = { reason: 'CleaningUp', message: 'What was made outside the cluster is being removed.' };

async function tell(parts: Parts, look: Look, { finding = cleaning, lookAgainMs }: Pending): Promise<Result> {
  await parts.writeStatus(look, toldStatus(look, finding), finding);
  return lookAgainIn(lookAgainMs);
}

function isHeld({ metadata }: Read<Deployment>): boolean {
  return metadata.finalizers?.includes(targetFinalizer) === true;
}

function finalizers(client: Client, work: (deployment: Read<Deployment>) => Promise<number | undefined>) {
  return new Finalizers(client, deployments).register(targetFinalizer, work);
}
