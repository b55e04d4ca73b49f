import type { Build } from '../../crds/build/build.ts';
import { wholeSeconds } from '../../crds/conditions/conditions.ts';
import { amountOf } from '../../crds/fields/quantities.ts';
import type { Project } from '../../crds/project/project.ts';
import type { BuildPlan, Credentials } from '../../images/driver/driver.ts';
import { cacheFor, dockerFor, hostsFor, throwawayMegabytes } from '../../images/driver/job/options.ts';
import { imageLabels } from '../../images/labels.ts';
import { SignatureError } from '../../images/signature/errors.ts';
import { planText } from '../../images/steps/plans.ts';
import type { Client, Stored } from '../../kube/index.ts';
import { type Outbound, OutboundError, type Pin } from '../../outbound/outbound.ts';
import { readCredentials, secretsOf } from './credentials.ts';
import { attemptOf } from './decide.ts';
import { NotReady } from './not-ready.ts';
import type { BuildOptions } from './options.ts';
import type { Signer } from './signer.ts';
import { repositoryOf, trustOf } from './trust.ts';

interface Means {
  readonly client: Pick<Client, 'get'>;
  readonly signer: Pick<Signer, 'check'>;
  readonly outbound: Pick<Outbound, 'pinForProgram'>;
  readonly options: BuildOptions;
}

interface Wanted {
  readonly build: Stored<Build>;
  readonly project: Stored<Project>;
  /** When the whole Build is given up. */
  readonly deadline: number;
  readonly now: number;
}

/** Everything that one try needs: where the repository is now, and the credentials as they are now. */
export async function prepare(wanted: Wanted, means: Means, signal: AbortSignal): Promise<BuildPlan> {
  if (means.options.builderImage === undefined) {
    const message = "the operator's settings name no builder image; have the administrator set builds.builderImage";
    throw new NotReady('BuilderUnavailable', message);
  }
  const image = imagePlanOf(wanted, means.options);
  fits(wanted.build, means.options);
  argumentsFit(image);
  await keyIsThere(wanted, means, signal);
  const pin = await pinned(wanted.project.spec.source.git?.url ?? '', means);
  const credentials = await readCredentials(wanted, means, signal);
  return planOf(wanted, means.options, { pin, image, credentials });
}

/** An image that cannot be signed would be built in vain. */
async function keyIsThere({ build }: Wanted, { signer }: Means, signal: AbortSignal): Promise<void> {
  try {
    await signer.check(trustOf(build), signal);
  } catch (error) {
    if (error instanceof SignatureError) throw new NotReady(error.reason, error.message);
    throw error;
  }
}

/** Before a pod asks for it: a cluster that grows by itself would buy a node of that size. */
export function fits(
  { spec }: Pick<Build, 'spec'>,
  { maxCpu, maxMemory }: Pick<BuildOptions, 'maxCpu' | 'maxMemory'>,
): void {
  const { cpu, memory } = spec.build ?? {};
  const problem = misfit('build.cpu', cpu, maxCpu) ?? misfit('build.memory', memory, maxMemory);
  if (problem !== undefined) throw new NotReady('BuildTooLarge', problem);
}

function misfit(field: string, asked: string | number | undefined, most: string | number): string | undefined {
  if (asked === undefined) return undefined;
  // The kubelet sets no limit then: the build could have the whole node.
  if (amountOf(asked) === 0) {
    return `${field} is ${asked}, which a node takes for no limit; write an amount up to ${most}, or leave it out`;
  }
  if (amountOf(asked) <= amountOf(most)) return undefined;
  return `${field} is ${asked}, and a build may have at most ${most} on this cluster; lower it`;
}

/** A program takes no longer variable than 128 KiB, and the pod's own error would say nothing of arguments. */
const mostPlanBytes = 120_000;

export function argumentsFit(plan: BuildPlan['image']): void {
  const bytes = Buffer.byteLength(planText(plan));
  if (bytes <= mostPlanBytes) return;
  const message = `build.args take ${bytes} bytes as they are handed on, and may take ${mostPlanBytes} together; put long values into a file of the repository`;
  throw new NotReady('BuildTooLarge', message);
}

interface Found {
  readonly pin: Pin;
  readonly image: BuildPlan['image'];
  readonly credentials: Credentials;
}

function planOf(
  { build, project, deadline, now }: Wanted,
  options: BuildOptions,
  { pin, image, credentials }: Found,
): BuildPlan {
  const { metadata, spec } = build;
  const trust = trustOf(build);
  const { clusterRanges, apiServers, exceptions } = options.outbound;
  const rules = { clusterRanges: [...clusterRanges], apiServers: [...apiServers], exceptions: [...exceptions] };
  return {
    uid: metadata.uid,
    attempt: attemptOf(build),
    build: { namespace: metadata.namespace ?? '', name: metadata.name },
    projectUid: project.metadata.uid,
    clone: clonePlanOf(build, options, pin),
    image,
    trust,
    push: { repository: repositoryOf(project, trust), tag: spec.commit, outbound: rules },
    credentials,
    resources: { cpu: spec.build?.cpu?.toString(), memory: spec.build?.memory?.toString() },
    deadlineSeconds: Math.max(1, Math.ceil((deadline - now) / 1000)),
  };
}

/** Code of anybody runs only where the network of its pod is held; the clone step, which is ours, looks first. */
export function clonePlanOf(
  build: Pick<Build, 'spec' | 'status'>,
  { source: limits, untrustedWithoutNetworkPolicy }: Pick<BuildOptions, 'source' | 'untrustedWithoutNetworkPolicy'>,
  { url, git }: Pick<Pin, 'url' | 'git'>,
): BuildPlan['clone'] {
  const mustBeIsolated = trustOf(build) === 'Untrusted' && !untrustedWithoutNetworkPolicy;
  const { commit } = build.spec;
  return { url, gitArgs: [...git.args], gitEnv: { ...git.env }, commit, limits, mustBeIsolated };
}

export function imagePlanOf(
  { build, project, now }: Pick<Wanted, 'build' | 'project' | 'now'>,
  options: ImageOptions,
): BuildPlan['image'] {
  const { spec } = build;
  const { registries, baseImages, processes } = options;
  const cache = cacheFor(trustOf(build), options);
  const docker = dockerFor(trustOf(build), options);
  const hosts = hostsFor(trustOf(build), options);
  const { args = [], platforms = [] } = spec.build ?? {};
  return {
    path: spec.path ?? '.',
    ...chosenIn(spec),
    args,
    platforms,
    labels: {
      [imageLabels.source]: project.spec.source.git?.url ?? '',
      [imageLabels.revision]: spec.commit,
      [imageLabels.created]: wholeSeconds(new Date(now)),
    },
    registries: [...registries],
    cacheMegabytes: cache?.megabytes ?? throwawayMegabytes,
    ...(docker ? { attestations: { provenance: false }, engine: docker.host } : attestationsOf(options)),
    ...(baseImages && { baseImages }),
    secrets: secretsOf(build).map(({ id }) => id),
    processes,
    ...(hosts && { hosts: [...hosts] }),
  };
}

/** By a BuildKit of the pod's own; an Engine's store of images has no room for attachments. */
function attestationsOf({ provenance, sbomGenerator }: ImageOptions): Pick<BuildPlan['image'], 'attestations'> {
  return { attestations: { provenance, ...(sbomGenerator !== undefined && { sbomGenerator }) } };
}

type ImageOptions = Pick<
  BuildOptions,
  'registries' | 'baseImages' | 'provenance' | 'sbomGenerator' | 'cache' | 'docker' | 'processes' | 'untrustedHosts'
>;

function chosenIn({ build = {} }: Build['spec']): Pick<BuildPlan['image'], 'dockerfile' | 'context' | 'stage'> {
  const { dockerfile, context, stage } = build;
  return {
    ...(dockerfile !== undefined && { dockerfile }),
    ...(context !== undefined && { context }),
    ...(stage !== undefined && { stage }),
  };
}

export function deadlineOf({ spec, status }: Build, startedAt: number, { deadlineSeconds }: BuildOptions): number {
  const known = Date.parse(status?.deadline ?? '');
  return Number.isNaN(known) ? startedAt + (spec.build?.deadlineSeconds ?? deadlineSeconds) * 1000 : known;
}

async function pinned(url: string, { outbound }: Means): Promise<Pin> {
  try {
    return await outbound.pinForProgram(url);
  } catch (error) {
    if (error instanceof OutboundError)
      throw new NotReady(error.retry ? 'SourceUnreachable' : 'SourceRefused', error.message);
    throw error;
  }
}
