import type { Deployment } from '../../../crds/deployment/deployment.ts';
import { adopt, controllerOf, inOrder, isKubeError, type ObjectKey, withController } from '../../../kube/index.ts';
import { refersTo } from '../../../kube/owner/owner.ts';
import { labels, manager } from '../../../objects/labels.ts';
import { deployments } from '../../../objects/vish.ts';
import type { Read } from '../../../objects/wire.ts';
import { type ControllerRevision, controllerRevisions } from '../../../objects/workloads.ts';
import type { ConfigurationCopy } from '../../../rollout/release.ts';
import type { Target } from '../../../targets/target.ts';
import { copyName, type Held } from '../configuration/configuration.ts';
import type { Look } from '../look.ts';
import { Obstacle } from '../obstacle.ts';
import { admitBeside } from './beside.ts';
import { type Artifact, type Candidate, causeOf, hashOfIdentity, identityOf, pullSecretOf } from './identity.ts';
import { type ReleaseContent, readRelease, type StoredRelease } from './revision.ts';
import { refuseUntrusted } from './untrusted.ts';

interface MakeContext extends Pick<Look, 'client' | 'stores' | 'resolveImage' | 'verifyImage' | 'wrote' | 'signal'> {
  readonly target: Target;
}

export interface MakeRequest extends Candidate {
  readonly deployment: Read<Deployment>;
  /** Newest first. */
  readonly releases: readonly StoredRelease[];
  readonly lastNumber: number;
}

/** The release of the candidate: the one that exists, also when it was made just before a crash, or a new one. */
export async function findOrMake(context: MakeContext, request: MakeRequest): Promise<StoredRelease> {
  const hash = hashOfIdentity(identityOf(request));
  return request.releases.find((release) => release.hash === hash) ?? make(context, request, hash);
}

async function make(context: MakeContext, request: MakeRequest, hash: string): Promise<StoredRelease> {
  const { deployment, releases, lastNumber } = request;
  const name = `${deployment.metadata.name}-${hash.slice(0, 10)}`;
  const image = await imageOf(context, request);
  const number = Math.max(lastNumber, 0, ...releases.map((release) => release.number)) + 1;
  const data = contentOf(context.target, request, { hash, name, image });
  const unchanged = data.cause === 'Restart' && data.identity.settings === releases[0]?.identity.settings;
  await admitBeside(context, { deployment, image, rendered: data.rendered, unchanged });
  const revision = await createRevision(context, deployment, revisionOf(deployment, { name, number, data }));
  context.wrote(controllerRevisions, revision);
  const release = readRelease(revision);
  if (release !== undefined) return release;
  throw new Error(
    `read ControllerRevision ${name}: it holds no release of this version. Delete it to have it made again.`,
  );
}

/** A restart runs the image that runs; every other release looks the tag up. */
async function imageOf(context: MakeContext, request: MakeRequest): Promise<string> {
  const { resolveImage, verifyImage, stores, signal } = context;
  const { artifact, deployment, releases } = request;
  if (artifact.from === 'Build') {
    await verifyImage(artifact.image, { deployment, signal });
    return artifact.image;
  }
  const identity = identityOf(request);
  const [newest] = releases;
  if (newest !== undefined && causeOf(identity, newest.identity, request) === 'Restart') return newest.image;
  const image = await resolveImage(artifact.reference, { deployment, signal });
  refuseUntrusted(image, deployment, stores);
  await verifyImage(image, { deployment, signal });
  return image;
}

function contentOf(
  target: Target,
  request: MakeRequest,
  { hash, name, image }: { hash: string; name: string; image: string },
): ReleaseContent {
  const { deployment, artifact, held, restartedAt, releases } = request;
  const identity = identityOf(request);
  const configuration = held.map((each) => configurationOf(name, each));
  const { scale: _, ...workload } = deployment.spec.workload;
  const podLabels = releases.find((release) => release.podLabels !== undefined)?.podLabels;
  const pullSecret = pullSecretOf({ artifact, spec: deployment.spec });
  const rendered = target.render({
    deployment,
    name,
    image,
    configuration,
    pullSecrets: pullSecret === undefined ? [] : [pullSecret],
    ...(restartedAt === undefined ? {} : { restartedAt }),
    podLabels,
  });
  const cause = causeOf(identity, releases[0]?.identity, request);
  const content = { hash, image, ...originOf(artifact), cause, identity, workload, configuration, rendered };
  return podLabels === undefined ? content : { ...content, podLabels };
}

function originOf(artifact: Artifact): Pick<ReleaseContent, 'commit' | 'trust'> {
  if (artifact.from === 'Reference') return {};
  const { commit, trust } = artifact;
  return trust === undefined ? { commit } : { commit, trust };
}

function configurationOf(release: string, held: Held): ConfigurationCopy {
  return { kind: held.kind, source: held.name, copy: held.copied === true ? copyName(release, held) : held.name };
}

function revisionOf(
  { metadata: { namespace = '', name: of } }: Read<Deployment>,
  { name, number, data }: { name: string; number: number; data: ReleaseContent },
): ControllerRevision {
  const own = { [labels.deployment]: of, [labels.managedBy]: manager };
  // Whoever changes its metadata, as a deletion with --cascade=orphan does, is refused when the data is written differently.
  return { metadata: { namespace, name, labels: own }, data: inOrder(data), revision: number };
}

/** Makes it, or takes the one that is there already. */
export async function createRevision(
  context: Pick<MakeContext, 'client' | 'signal'>,
  deployment: Read<Deployment>,
  intent: ControllerRevision,
): Promise<Read<ControllerRevision>> {
  const owner = { resource: deployments, object: deployment };
  const { client, signal } = context;
  try {
    return await client.create(controllerRevisions, withController(intent, owner), { signal });
  } catch (error) {
    if (!isKubeError(error, 'AlreadyExists')) throw error;
    const { namespace = '', name = '' } = intent.metadata;
    return takeOver(context, owner, { namespace, name });
  }
}

function refuseOwned(revision: Read<ControllerRevision>, deployment: { name: string; uid: string }): void {
  const owner = controllerOf(revision);
  const { deletionTimestamp, name } = revision.metadata;
  if ((owner === undefined || owner.uid === deployment.uid) && deletionTimestamp === undefined) return;
  const what = `ControllerRevision ${name}`;
  // Of our own name, and not ours: of the one before, which garbage collection has not reached yet.
  if (owner === undefined || (owner.name === deployment.name && refersTo(owner, deployments))) {
    const message = `${what} is of a Deployment of this name that was deleted, and goes with it.`;
    throw new Obstacle('CleaningUp', message, { lookAgainMs: 2000 });
  }
  throw new Obstacle('ForeignOwner', `${what} belongs to ${owner.kind} ${owner.name}: remove it.`, {
    lookAgainMs: 60_000,
  });
}

/** Left by a Deployment that was deleted without its children: it is the same release, and its replicas may run. */
async function takeOver(
  { client, signal }: Pick<MakeContext, 'client' | 'signal'>,
  owner: Parameters<typeof adopt>[2],
  key: ObjectKey,
): Promise<Read<ControllerRevision>> {
  const object = await client.get(controllerRevisions, key, { signal });
  refuseOwned(object, owner.object.metadata);
  return adopt(client, { resource: controllerRevisions, object }, owner, { signal });
}
