import type { Deployment } from '../../../crds/deployment/deployment.ts';
import { labels } from '../../../objects/labels.ts';
import type { PodTemplate } from '../../../objects/workloads.ts';
import { appContainer } from '../render/container.ts';
import { commonLabels } from '../selectors.ts';

type PodSpec = NonNullable<PodTemplate['spec']>;
type Container = PodSpec['containers'][number];

export interface CommandPod {
  readonly command: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * A pod that runs a command as a replica of the release would: its image, configuration, volumes, account and security.
 * It serves nobody, so it has none of a replica's labels, ports and probes, and no container beside the app's, which would
 * keep it from ending.
 */
export function commandTemplate(
  { metadata = {}, spec }: PodTemplate,
  { command, labels: own }: CommandPod,
): PodTemplate {
  const { containers = [], topologySpreadConstraints: _spread, readinessGates: _gates, ...shape } = spec ?? {};
  const { annotations } = metadata;
  return {
    metadata: { labels: { ...own }, ...(annotations === undefined ? {} : { annotations }) },
    spec: {
      ...shape,
      restartPolicy: 'Never',
      containers: appIn(containers).map((app) => asCommand(app, command)),
    },
  };
}

/** A template that was taken over has a name of its own for it; there it is the first, as it is for what we read of it. */
function appIn(containers: readonly Container[]): readonly Container[] {
  const app = containers.find(({ name }) => name === appContainer) ?? containers[0];
  return app === undefined ? [] : [app];
}

/** Nothing that a Service, a budget or a policy for replicas could select; not even the app's name. */
export function besideReplicas(deployment: Deployment): Record<string, string> {
  const { [labels.name]: _name, [labels.deployment]: _deployment, ...rest } = commonLabels(deployment);
  return rest;
}

function asCommand(app: Container, command: readonly string[]): Container {
  const {
    ports: _ports,
    lifecycle: _lifecycle,
    livenessProbe: _liveness,
    readinessProbe: _readiness,
    startupProbe: _startup,
    args: _args,
    ...rest
  } = app;
  // What it said last is then part of how it ended, without a right to read logs.
  return { ...rest, command: [...command], terminationMessagePolicy: 'FallbackToLogsOnError' };
}
