import { z } from 'zod';
import { checks } from '../check/check.ts';
import { label } from '../fields/names.ts';
import { int32, int64 } from '../fields/numbers.ts';
import { reference } from '../fields/references.ts';
import { withRules } from '../fields/rules.ts';
import { fixedPlace } from '../place/place.ts';
import { source } from '../source/source.ts';
import { strategy } from '../strategy/strategy.ts';
import { hooks, schedules } from '../workload/jobs.ts';
import { workload } from '../workload/workload.ts';

const shape = z.strictObject({
  projectRef: reference('Project')
    .optional()
    .describe('Project whose repository is built and whose checks may be named. Default none: `source.image` only.'),
  service: label(30).optional().describe('Service of the Project. Default: its only one.'),
  environment: label(30)
    .optional()
    .describe(
      'Environment of the Project, which must say managedBy: External or have made this object. Needed with projectRef.',
    ),
  source: source.describe('What to run.'),
  workload: workload.prefault({}).describe('How it runs, wherever it runs.'),
  target: fixedPlace
    .prefault({ cluster: {} })
    .describe('Where it runs, fixed once set. Default: this cluster, with a Service.'),
  strategy: strategy
    .prefault({})
    .describe(
      'How a release replaces the one before it. Default: Rolling, with rollback when it does not become available.',
    ),
  checks: checks().describe("Checks that the strategy may name, beside the Project's. Default none."),
  hooks: hooks.optional().describe('Commands that run once per release. Default none.'),
  schedules: schedules(),
  onSecretChange: z
    .enum(['Release', 'Restart', 'Ignore'])
    .default('Restart')
    .describe('What a changed Secret starts: a release, a restart of the replicas, or nothing. Default Restart.'),
  rollbackSecrets: z
    .boolean()
    .default(false)
    .describe(
      'True copies Opaque Secrets with each release, and a rollback restores them; the app fails where the old value was revoked. The operator needs a right for it in the namespace. Default false.',
    ),
  paused: z
    .boolean()
    .default(false)
    .describe('True stops a rollout where it stands; the live release is still healed and scaled. Default false.'),
  suspend: z
    .boolean()
    .default(false)
    .describe('True starts no new release; the live one is still healed and scaled. Default false.'),
  pin: int64(1)
    .optional()
    .describe('Number of a release in the history that stays live whatever is pushed. Default none.'),
  historyLimit: int32(1, 50).default(10).describe('Releases that can be rolled back to. Default 10.'),
});

type Shape = z.output<typeof shape>;

const isWorker = (value: Shape) => value.workload.port === undefined;
const clusterGateway = (value: Shape) => value.target.cluster?.gateway;
const needsGateway = (value: Shape) =>
  value.strategy.canary?.steps.some((step) => step.headers !== undefined || step.mirrorPercent !== undefined) ?? false;

export const deploymentSpec = withRules(
  shape,
  {
    rule: 'has(self.source.image) || has(self.projectRef)',
    message: 'branch, tag and commit are of the repository of a Project: set projectRef, or use source.image',
    holds: (value) => value.source.image !== undefined || value.projectRef !== undefined,
  },
  {
    rule: 'has(self.projectRef) == has(self.environment)',
    message: 'set projectRef and environment together, or neither',
    holds: (value) => (value.projectRef === undefined) === (value.environment === undefined),
  },
  {
    rule: '!has(self.service) || has(self.projectRef)',
    message: 'service is a service of a Project: set projectRef as well, or remove service',
    holds: (value) => value.service === undefined || value.projectRef !== undefined,
  },
  {
    rule: "has(self.workload.port) || self.strategy.type in ['Rolling', 'Recreate']",
    message: 'BlueGreen and Canary move traffic: set workload.port, or use type: Rolling or Recreate for a worker',
    holds: (value) => !isWorker(value) || ['Rolling', 'Recreate'].includes(value.strategy.type),
  },
  {
    rule: 'has(self.workload.port) || !has(self.target.cluster) || !has(self.target.cluster.gateway)',
    message: 'a gateway sends traffic to workload.port: set it, or remove target.cluster.gateway',
    holds: (value) => !isWorker(value) || clusterGateway(value) === undefined,
  },
  {
    rule: 'has(self.workload.port) || !has(self.workload.health) || has(self.workload.health.command)',
    message: 'without workload.port nothing can be asked over the network: set the port, or health.command',
    holds: (value) =>
      !isWorker(value) || value.workload.health === undefined || value.workload.health.command !== undefined,
  },
  {
    rule: '!has(self.strategy.canary) || !has(self.target.cluster) || has(self.target.cluster.gateway) || !self.strategy.canary.steps.exists(s, has(s.headers) || has(s.mirrorPercent))',
    message: 'headers and mirrorPercent need a gateway: set target.cluster.gateway, or use steps of weight',
    holds: (value) => value.target.cluster === undefined || clusterGateway(value) !== undefined || !needsGateway(value),
  },
);

export type DeploymentSpec = z.output<typeof deploymentSpec>;
export type DeploymentSpecInput = z.input<typeof deploymentSpec>;
