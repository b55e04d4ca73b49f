import { formatKey, isKubeError } from '../../../kube/index.ts';
import { configMaps } from '../../../objects/core.ts';
import type { Read } from '../../../objects/wire.ts';
import type { ControllerRevision } from '../../../objects/workloads.ts';
import type { Look } from '../look.ts';
import type { StoredRelease } from '../release/revision.ts';
import { copyName, type Held } from './configuration.ts';
import { ofConfigMap } from './content.ts';
import { type CopyRequest, changed, copyOf } from './copy.ts';
import { keepSecretCopy } from './secret-copies.ts';

type Context = Pick<Look, 'client' | 'stores' | 'configuration' | 'wrote' | 'signal'>;

/** Makes the copies that a release still lacks. They belong to its revision and go with it. */
export async function makeCopies(
  context: Context,
  { revision, configuration }: Pick<StoredRelease, 'revision' | 'configuration'>,
  held: readonly Held[],
): Promise<void> {
  for (const each of held) {
    const copy = copyName(revision.metadata.name, each);
    // A release that was made before rollbackSecrets was set names the Secret itself.
    if (!configuration.some((known) => known.kind === each.kind && known.copy === copy)) continue;
    const keep = each.kind === 'Secret' ? keepSecretCopy : keepMapCopy;
    await keep(context, revision, { each, copy });
  }
}

async function keepMapCopy(
  { client, stores, wrote, signal }: Context,
  revision: Read<ControllerRevision>,
  { each, copy }: CopyRequest,
): Promise<void> {
  const { namespace = '' } = revision.metadata;
  if (stores.configMaps.store.get(formatKey({ namespace, name: copy })) !== undefined) return;
  const source = await client.get(configMaps, { namespace, name: each.name }, { signal });
  if (ofConfigMap(source).digest !== each.digest) throw changed(each);
  const { data, binaryData } = source;
  const content = { ...(data && { data }), ...(binaryData && { binaryData }) };
  try {
    wrote(configMaps, await client.create(configMaps, { ...copyOf(revision, copy), ...content }, { signal }));
  } catch (error) {
    if (!isKubeError(error, 'AlreadyExists')) throw error;
  }
}
