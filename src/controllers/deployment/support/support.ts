import type { DeploymentSpec } from '../../../crds/deployment/spec.ts';
import type { Capabilities } from '../../../targets/target.ts';
import { referencesOf } from '../configuration/references.ts';
import { Obstacle } from '../obstacle.ts';
import { isByReplicas } from '../place/plan.ts';

interface Row {
  readonly field: string;
  readonly asked: (spec: DeploymentSpec) => boolean;
  readonly instead: string;
}

/** What the schema has and this version does not do. A row goes with the work that makes it true. */
const rows: readonly Row[] = [
  {
    field: 'a step of headers or mirrorPercent with target.cluster.gateway.routeRefs',
    asked: ({ strategy: { canary }, target }) =>
      target.cluster?.gateway?.routeRefs !== undefined &&
      (canary?.steps ?? []).some((step) => step.headers !== undefined || step.mirrorPercent !== undefined),
    instead: 'write the match or the mirror into your own route, to the Service called -preview',
  },
  {
    field: 'a step of replicas without target.cluster.gateway',
    asked: (spec) =>
      isByReplicas(spec) && (spec.strategy.canary?.steps ?? []).some(({ replicas }) => replicas !== undefined),
    instead: 'use steps of weight, which are shares of the replicas there',
  },
];

/** Refuses up front, before anything changes, what would otherwise be left undone in silence. */
export function checkSupport(spec: DeploymentSpec, capabilities: Capabilities): void {
  checkStrategy(spec, capabilities);
  const row = rows.find(({ asked }) => asked(spec));
  if (row !== undefined) throw unsupported(`${row.field} is not done by this version: ${row.instead}.`);
  if (!capabilities.configuration && referencesOf(spec).length > 0) {
    throw unsupported('the target takes no ConfigMaps or Secrets: use workload.env with value.');
  }
  if (!capabilities.commands) checkCommands(spec);
}

function checkCommands({ hooks, schedules = [] }: DeploymentSpec): void {
  if (hooks?.beforeRelease !== undefined || hooks?.afterRelease !== undefined) {
    throw unsupported('the target runs no hooks: run the command from the start of the app.');
  }
  if (schedules.length > 0) throw unsupported('the target runs no schedules: use a scheduler of the place.');
}

function checkStrategy({ strategy: { type } }: DeploymentSpec, capabilities: Capabilities): void {
  const { strategies } = capabilities;
  if (strategies.includes(type)) return;
  throw unsupported(`strategy.type: ${type} is not done here by this version: use ${strategies.join(' or ')}.`);
}

function unsupported(message: string): Obstacle {
  return new Obstacle('Unsupported', message);
}
