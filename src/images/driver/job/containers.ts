import type { PodTemplate } from '../../../objects/workloads.ts';
import { places, planText } from '../../steps/plans.ts';
import type { BuildPlan } from '../driver.ts';
import { type DockerOptions, dockerFor, type JobOptions } from './options.ts';
import { gitFiles, volumes } from './volumes.ts';

type Container = NonNullable<PodTemplate['spec']>['containers'][number];

export const user = 65_532;

/** For steps that only read, write and talk. */
const confined = {
  runAsUser: user,
  runAsGroup: user,
  runAsNonRoot: true,
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
};

/**
 * BuildKit mounts and starts containers. With the pod's own user namespace its root is an ordinary user of the node, and
 * these rights end at the namespace.
 */
const privileged = { privileged: true, runAsUser: 0, runAsGroup: 0, readOnlyRootFilesystem: true } as const;

/**
 * A rootless BuildKit makes itself a user namespace: two programs with more rights hand it a range of users, and what it does
 * there, the runtime's own profiles would refuse.
 */
const rootless = {
  runAsUser: user,
  runAsGroup: user,
  runAsNonRoot: true,
  allowPrivilegeEscalation: true,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'], add: ['SETUID', 'SETGID'] },
  seccompProfile: { type: 'Unconfined' },
  appArmorProfile: { type: 'Unconfined' },
};

const little = {
  requests: { cpu: '50m', memory: '64Mi' },
  limits: { memory: '1Gi' },
} as const;

export function cloneContainer(plan: BuildPlan, options: JobOptions): Container {
  return {
    ...step('clone', plan.clone, options),
    securityContext: confined,
    resources: little,
    volumeMounts: [
      { name: volumes.workspace, mountPath: places.workspace },
      ...(gitFiles(plan).length === 0 ? [] : [credentials(volumes.gitLogin)]),
      ...(plan.credentials.ssh ? [{ name: volumes.gitKey, mountPath: places.keyFolder }] : []),
    ],
  };
}

export function buildContainer(plan: BuildPlan, options: JobOptions): Container {
  const docker = dockerFor(plan.trust, options);
  return docker === undefined ? ownBuildKit(plan, options) : askEngine(docker, plan, options);
}

/** Nothing of the repository runs in it: the Engine is somewhere else. */
function askEngine(docker: DockerOptions, plan: BuildPlan, options: JobOptions): Container {
  const isSocket = docker.host.startsWith('unix://');
  return {
    ...step('build', plan.image, options),
    // The socket belongs to root of the node; without a capability root is a user like any other.
    securityContext: isSocket ? { ...confined, runAsUser: 0, runAsGroup: 0, runAsNonRoot: false } : confined,
    resources: little,
    volumeMounts: [
      { name: volumes.workspace, mountPath: places.workspace, readOnly: true },
      { name: volumes.layout, mountPath: places.layout },
      { name: volumes.scratch, mountPath: places.scratch },
      { name: volumes.engine, mountPath: isSocket ? places.engineSocket : places.engineTls },
      // For base images: buildctl answers with it when the Engine asks for the login of a host.
      ...(plan.credentials.registryLogin === undefined ? [] : [credentials(volumes.registryLogin)]),
      ...buildSecrets(plan),
    ],
  };
}

/** buildctl hands each to the commands that mount it, and to no others. */
function buildSecrets({ credentials }: BuildPlan) {
  if (Object.keys(credentials.buildSecrets ?? {}).length === 0) return [];
  return [{ name: volumes.secrets, mountPath: places.secrets, readOnly: true }];
}

function ownBuildKit(plan: BuildPlan, options: JobOptions): Container {
  const { cpu, memory } = plan.resources;
  const size = { memory: memory ?? String(options.memory) };
  return {
    ...step('build', { ...plan.image, ...(options.rootless && { rootless: true }) }, options),
    securityContext: options.rootless ? rootless : privileged,
    resources: {
      requests: { ...size, cpu: cpu ?? String(options.cpu) },
      limits: { ...size, ...(cpu !== undefined && { cpu }), 'ephemeral-storage': String(options.storage) },
    },
    volumeMounts: [
      { name: volumes.workspace, mountPath: places.workspace, readOnly: true },
      { name: volumes.layout, mountPath: places.layout },
      { name: volumes.state, mountPath: places.state },
      { name: volumes.scratch, mountPath: places.scratch, subPath: 'tmp' },
      { name: volumes.scratch, mountPath: '/run', subPath: 'run' },
      ...buildSecrets(plan),
    ],
  };
}

export function pushContainer(plan: BuildPlan, options: JobOptions): Container {
  return {
    ...step('push', plan.push, options),
    securityContext: confined,
    resources: little,
    volumeMounts: [
      { name: volumes.layout, mountPath: places.layout, readOnly: true },
      ...(plan.credentials.registryLogin === undefined ? [] : [credentials(volumes.registryLogin)]),
    ],
  };
}

function step(name: 'clone' | 'build' | 'push', plan: object, { builderImage = '' }: JobOptions) {
  return {
    name,
    image: builderImage,
    imagePullPolicy: 'IfNotPresent',
    command: ['node', places.program, name],
    env: [{ name: places.plan, value: planText(plan) }],
    terminationMessagePath: places.result,
    terminationMessagePolicy: 'File',
  };
}

function credentials(name: string) {
  return { name, mountPath: places.credentials, readOnly: true };
}
