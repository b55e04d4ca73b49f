import type { Build } from '../../../crds/build/build.ts';
import { ifPresent, isKubeError } from '../../../kube/index.ts';
import { annotations, imageDeleting } from '../../../objects/labels.ts';
import { builds } from '../../../objects/vish.ts';
import type { Read } from '../../../objects/wire.ts';
import type { Look } from '../look.ts';
import { Obstacle } from '../obstacle.ts';
import { remove } from '../remove.ts';

type Context = Pick<Look, 'client' | 'wrote' | 'deleted' | 'signal'>;

/** A Build whose image was unused until now. Its change is refused, or refuses the deletion, whichever comes first. */
export async function takeUp(context: Context, build: Read<Build>): Promise<Read<Build>> {
  const { client, wrote, signal } = context;
  const mark = build.metadata.annotations?.[annotations.unusedSince];
  if (mark === undefined) return build;
  const { namespace = '', name, uid, resourceVersion } = build.metadata;
  if (mark === imageDeleting) {
    await remove(context, builds, build);
    throw goneSoon(name);
  }
  const metadata = { uid, resourceVersion, annotations: { [annotations.unusedSince]: null } };
  try {
    const change = client.patch(builds, { namespace, name }, { metadata }, { type: 'merge', signal });
    const used = await ifPresent(change);
    if (used === undefined) throw goneSoon(name);
    wrote(builds, used);
    return used;
  } catch (error) {
    if (isKubeError(error, 'Conflict')) throw goneSoon(name);
    throw error;
  }
}

function goneSoon(name: string): Obstacle {
  const message = `The image of Build ${name} is being deleted, because nothing used it; it is built again.`;
  return new Obstacle('BuildQueued', message, { lookAgainMs: 1000 });
}
