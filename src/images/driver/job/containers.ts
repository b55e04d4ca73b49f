import type { PodTemplate } from '../../../objects/workloads.ts';
import { places, planText } from '../../steps/plans.ts';
import type { BuildPlan } from '../driver.ts';
import type { JobOptions } from './options.ts';
import { gitFiles, volumes } from './volumes.ts';

type Container = NonNullable<PodTemplate['spec']>['containers'][number];

const user = 65_532;

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
  const { cpu, memory } = plan.resources;
  const size = { memory: memory ?? String(options.memory) };
  return {
    ...step('build', plan.image, options),
    securityContext: privileged,
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
