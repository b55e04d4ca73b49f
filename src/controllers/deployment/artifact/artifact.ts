import type { Build } from '../../../crds/build/build.ts';
import type { Deployment } from '../../../crds/deployment/deployment.ts';
import { apiVersion } from '../../../crds/kind/kind.ts';
import type { Project } from '../../../crds/project/project.ts';
import { canonical, formatKey, ifPresent, isKubeError, withController } from '../../../kube/index.ts';
import { annotations, labels } from '../../../objects/labels.ts';
import { builds, projects } from '../../../objects/vish.ts';
import type { Read } from '../../../objects/wire.ts';
import type { Look } from '../look.ts';
import { Obstacle } from '../obstacle.ts';
import type { PlanBuild } from '../ports.ts';
import type { Artifact } from '../release/identity.ts';
import { remove } from '../remove.ts';
import { buildFinding, buildState } from './builds.ts';
import { endedSurplus } from './surplus.ts';
import { takeUp } from './take-up.ts';
import { vouchFor } from './vouch.ts';

type Context = Pick<Look, 'client' | 'stores' | 'planBuild' | 'wrote' | 'deleted' | 'now' | 'signal'>;

export interface ArtifactRequest {
  readonly deployment: Read<Deployment>;
  readonly project: Read<Project>;
  readonly service: string;
  readonly commit: string;
  readonly repositoryId: string;
}

/** The Build of the commit, made when there is none. Further Deployments that want the same image share it. */
export async function findOrMakeBuild(context: Context, request: ArtifactRequest): Promise<Read<Build>> {
  const { namespace = '' } = request.deployment.metadata;
  const planned = context.planBuild(request);
  const { name } = planned.metadata;
  const known = context.stores.builds.store.get(formatKey({ namespace, name }));
  if (known !== undefined) return vouchFor(context, await takeUp(context, asPlanned(known, planned)));
  const made = await vouchFor(context, asPlanned(await create(context, request, planned), planned));
  await supersede(context, request, made);
  // Otherwise their images go first, which the retention sees to.
  if ((request.project.spec.image.unused ?? 'Keep') === 'Keep') {
    for (const old of endedSurplus(request.project, context.stores)) await remove(context, builds, old);
  }
  return made;
}

/** Who may make Builds could otherwise have any commit run in the place of this one: the name can be computed. */
function asPlanned(build: Read<Build>, planned: Pick<Build, 'spec'>): Read<Build> {
  if (canonical(inputsOf(build)) === canonical(inputsOf(planned))) return build;
  const message = `Build ${build.metadata.name} has the name of the one that is needed, and builds something else: delete it.`;
  throw new Obstacle('ForeignOwner', message, { lookAgainMs: foreignLookMs });
}

function inputsOf({ spec: { projectRef, commit, path = '.', build = {} } }: Pick<Build, 'spec'>): object {
  return { project: projectRef.name, commit, path, build };
}

const foreignLookMs = 60_000;

/** The image, or why there is none yet. */
export function artifactOf(
  build: Read<Build>,
  { commit, project }: Pick<ArtifactRequest, 'commit' | 'project'>,
): Artifact {
  const { image, trust } = build.status ?? {};
  const state = buildState(build);
  const { reason, message } = buildFinding(build, build.metadata.name);
  if (state === 'Failed') {
    const again = `It is not built again, unless with vish.dev/retry: "${build.metadata.name}".`;
    throw new Obstacle(reason, `The build of commit ${commit.slice(0, 12)} failed. ${again}\n${message}`);
  }
  if (state !== 'Succeeded' || image === undefined) throw new Obstacle(reason, message);
  if (trust === 'Untrusted') {
    const again = `Delete Build ${build.metadata.name} to have it built again as trusted.`;
    const message = `The image of commit ${commit.slice(0, 12)} was built before anybody had vouched for the commit. ${again}`;
    throw new Obstacle('UntrustedImage', message);
  }
  const pullSecret = project.spec.image.credentialsRef?.name;
  return {
    from: 'Build',
    image,
    commit,
    ...(trust === undefined ? {} : { trust }),
    ...(pullSecret === undefined ? {} : { pullSecret }),
  };
}

/**
 * A Build that ended without an image and is wanted all the same: a cancelled one when the branch went back to its commit,
 * a failed one when a person asks for another try. It is deleted; the next look makes it again.
 */
export async function removeForRetry(
  context: Context,
  build: Read<Build>,
  retry: { value: string; recordedAt: string } | undefined,
): Promise<void> {
  const state = buildState(build);
  const asked = retry?.value === build.metadata.name && isNotBefore(retry.recordedAt, build.metadata.creationTimestamp);
  if (state !== 'Cancelled' && !(state === 'Failed' && asked)) return;
  await remove(context, builds, build);
  throw new Obstacle('BuildQueued', `Build ${build.metadata.name} is made again.`, { lookAgainMs: 1000 });
}

function isNotBefore(time: string, than: string | undefined): boolean {
  return Date.parse(time) >= Date.parse(than ?? time);
}

async function create(
  { client, stores, wrote, signal }: Context,
  { deployment, project, service }: ArtifactRequest,
  { spec, metadata: { name } }: ReturnType<PlanBuild>,
): Promise<Read<Build>> {
  const { namespace = '' } = deployment.metadata;
  const own = { [labels.project]: project.metadata.name, [labels.service]: service };
  const intent: Build = { apiVersion, kind: 'Build', metadata: { namespace, name, labels: own }, spec };
  try {
    const made = await client.create(builds, withController(intent, { resource: projects, object: project }), {
      signal,
    });
    wrote(builds, made);
    return made;
  } catch (error) {
    if (!isKubeError(error, 'AlreadyExists')) throw error;
    // Another Deployment was faster; its Build comes with the watch.
    const seen = stores.builds.store.get(formatKey({ namespace, name }));
    if (seen !== undefined) return seen;
    throw new Obstacle('BuildQueued', `Build ${name} has just been made.`, { lookAgainMs: 1000 });
  }
}

/** The Build that this Deployment waited for is in vain, unless another one waits for it too. */
async function supersede(
  { client, stores, wrote, signal }: Context,
  { deployment }: ArtifactRequest,
  by: Read<Build>,
): Promise<void> {
  const { namespace = '', uid } = deployment.metadata;
  const name = deployment.status?.build;
  const old = name === undefined ? undefined : stores.builds.store.get(formatKey({ namespace, name }));
  if (old === undefined || old.metadata.uid === by.metadata.uid || buildState(old) !== 'Running') return;
  const others = stores.deployments.store.byIndex('build', formatKey({ namespace, name: old.metadata.name }));
  if (others.some((other) => other.metadata.uid !== uid)) return;
  const metadata = { uid: old.metadata.uid, annotations: { [annotations.supersededBy]: by.metadata.name } };
  const key = { namespace, name: old.metadata.name };
  const marked = await ifPresent(client.patch(builds, key, { metadata }, { type: 'merge', signal }));
  if (marked !== undefined) wrote(builds, marked);
}
