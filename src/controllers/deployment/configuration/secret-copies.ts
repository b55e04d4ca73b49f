import { controllerOf, formatKey, ifPresent, isKubeError, isRefusal } from '../../../kube/index.ts';
import { type Secret, secrets } from '../../../objects/core.ts';
import type { Read } from '../../../objects/wire.ts';
import type { ControllerRevision } from '../../../objects/workloads.ts';
import type { Look } from '../look.ts';
import { Obstacle } from '../obstacle.ts';
import { ofSecret, opaque } from './content.ts';
import { type CopyRequest, changed, copyOf } from './copy.ts';

type Context = Pick<Look, 'client' | 'configuration' | 'signal'>;

/** Nobody tells when a copy is gone, as Secrets are not watched: it is looked for now and then. */
export async function keepSecretCopy(context: Context, revision: Read<ControllerRevision>, request: CopyRequest) {
  const { client, configuration, signal } = context;
  const key = { namespace: revision.metadata.namespace ?? '', name: request.copy };
  // By owner, so that another Deployment of this name is not taken for the one before it.
  const id = `${formatKey(key)}/${revision.metadata.uid}`;
  if (configuration.knownCopies.get(id) !== undefined) return;
  const found = await ifPresent(client.get(secrets, key, { signal }));
  if (found === undefined) await makeSecretCopy(context, revision, request);
  else refuseForeign(found, revision);
  configuration.knownCopies.set(id, true);
}

async function makeSecretCopy(
  { client, configuration, signal }: Context,
  revision: Read<ControllerRevision>,
  { each, copy }: CopyRequest,
): Promise<void> {
  const key = { namespace: revision.metadata.namespace ?? '', name: each.name };
  const source = await client.get(secrets, key, { signal });
  if ((await ofSecret(source)).digest !== each.digest) {
    configuration.forgetSecret(key);
    throw changed(each);
  }
  const { data = {} } = source;
  try {
    await client.create(secrets, { ...copyOf(revision, copy), data, type: opaque }, { signal });
  } catch (error) {
    if (isRefusal(error)) throw mayNotCopy(error);
    // The next look tells whose it is.
    if (isKubeError(error, 'AlreadyExists')) throw changed(each);
    throw error;
  }
}

/** What somebody else put there under this name would run as ours. */
function refuseForeign(found: Read<Secret>, revision: Read<ControllerRevision>): void {
  const { metadata } = found;
  const owner = controllerOf(found);
  if (owner?.uid === revision.metadata.uid) return;
  if (owner?.name === revision.metadata.name) {
    const message = `Secret "${metadata.name}" is of a release of this name that was deleted, and goes with it.`;
    throw new Obstacle('CleaningUp', message, { lookAgainMs: 2000 });
  }
  const message = `Secret "${metadata.name}" is in the place of a copy of this release: remove it.`;
  throw new Obstacle('ForeignOwner', message, { lookAgainMs: 60_000 });
}

function mayNotCopy({ message }: Error): Obstacle {
  const remedy = 'rollbackSecrets needs a right that is given for each namespace: see docs/how-to/roll-back.md.';
  return new Obstacle('RefusedByCluster', `The API server refuses to ${message}. ${remedy}`, { lookAgainMs: 60_000 });
}
