import type { Deployment } from '../../../crds/deployment/deployment.ts';
import type { ClusterPlace } from '../../../crds/place/place.ts';
import type { PodTemplate } from '../../../objects/workloads.ts';
import type { RenderInput } from '../../target.ts';
import { type CopyName, envFromOf, envOf } from './environment.ts';
import { portName, probes } from './probes.ts';
import { volumeMounts } from './volumes.ts';

export type Container = NonNullable<PodTemplate['spec']>['containers'][number];

/** Name of the container that runs the app: what a podTemplatePatch is merged by. */
export const appContainer = 'app';

export function container({ deployment, image }: RenderInput, settings: ClusterPlace, copyOf: CopyName): Container {
  const { workload } = deployment.spec;
  const { command, args, port, cpu, memory } = workload;
  return {
    name: appContainer,
    image,
    ...(command === undefined ? {} : { command }),
    ...(args === undefined ? {} : { args }),
    ...present('env', envOf(workload.env, copyOf)),
    ...present('envFrom', envFromOf(workload.envFrom, copyOf)),
    ...(port === undefined ? {} : { ports: [{ name: portName, containerPort: port }] }),
    // A limit of CPU slows the app down where there is CPU to spare; memory cannot be taken back, so it has one.
    resources: { requests: { cpu: `${cpu}`, memory: `${memory}` }, limits: { memory: `${memory}` } },
    ...probes(workload),
    ...drain(workload, settings),
    ...present('volumeMounts', volumeMounts(settings)),
    ...security(settings),
    // Without it a crash is only an exit code: the kubelet hands on the last lines of the log.
    terminationMessagePolicy: 'FallbackToLogsOnError',
  };
}

/** A replica serves on while the data plane forgets it. A worker is asked for nothing, so it is told to stop at once. */
function drain({ port }: Deployment['spec']['workload'], { drainSeconds }: ClusterPlace): Partial<Container> {
  if (port === undefined || drainSeconds === 0) return {};
  return { lifecycle: { preStop: { sleep: { seconds: drainSeconds } } } };
}

function security({ podSecurity }: ClusterPlace): Partial<Container> {
  if (podSecurity === 'Baseline') return {};
  return { securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } } };
}

function present<Field extends string, Item>(field: Field, list: Item[]): Partial<Record<Field, Item[]>> {
  return list.length === 0 ? {} : ({ [field]: list } as Record<Field, Item[]>);
}
