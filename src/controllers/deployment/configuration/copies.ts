import { formatKey, isKubeError, withController } from '../../../kube/index.ts';
import { type ConfigMap, configMaps } from '../../../objects/core.ts';
import { labels, manager } from '../../../objects/labels.ts';
import type { Read } from '../../../objects/wire.ts';
import { type ControllerRevision, controllerRevisions } from '../../../objects/workloads.ts';
import type { Look } from '../look.ts';
import { Obstacle } from '../obstacle.ts';
import { copyName, type Held, isCopied } from './configuration.ts';
import { ofConfigMap } from './content.ts';

type Context = Pick<Look, 'client' | 'stores' | 'wrote' | 'signal'>;

/** Makes the copies that a release still lacks. They belong to its revision and go with it. */
export async function makeCopies(
  context: Context,
  revision: Read<ControllerRevision>,
  held: readonly Held[],
): Promise<void> {
  const { namespace = '', name } = revision.metadata;
  for (const each of held.filter(isCopied)) {
    const copy = copyName(name, each);
    if (context.stores.configMaps.store.get(formatKey({ namespace, name: copy })) !== undefined) continue;
    await makeCopy(context, revision, { each, copy });
  }
}

async function makeCopy(
  { client, wrote, signal }: Context,
  revision: Read<ControllerRevision>,
  { each, copy }: { each: Held; copy: string },
): Promise<void> {
  const { namespace = '' } = revision.metadata;
  const source = await client.get(configMaps, { namespace, name: each.name }, { signal });
  // It changed since the release was identified: another release is wanted by now.
  if (ofConfigMap(source).digest !== each.digest) throw changed(each.name);
  try {
    wrote(configMaps, await client.create(configMaps, copyOf(source, copy, revision), { signal }));
  } catch (error) {
    if (!isKubeError(error, 'AlreadyExists')) throw error;
  }
}

function copyOf(source: Read<ConfigMap>, name: string, revision: Read<ControllerRevision>): ConfigMap {
  const { namespace = '', labels: given = {} } = revision.metadata;
  const own = { [labels.managedBy]: manager, [labels.release]: revision.metadata.name };
  const deployment = given[labels.deployment];
  const metadata = {
    namespace,
    name,
    labels: deployment === undefined ? own : { ...own, [labels.deployment]: deployment },
  };
  const { data, binaryData } = source;
  const content = { ...(data && { data }), ...(binaryData && { binaryData }) };
  return withController({ metadata, ...content, immutable: true }, { resource: controllerRevisions, object: revision });
}

function changed(name: string): Obstacle {
  return new Obstacle('ResolvingSource', `ConfigMap "${name}" has just changed and is read again.`, {
    lookAgainMs: 1000,
  });
}
