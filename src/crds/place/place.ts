import { z } from 'zod';
import { listMap } from '../fields/lists.ts';
import { objectName } from '../fields/names.ts';
import { seconds } from '../fields/numbers.ts';
import { opaque, reference } from '../fields/references.ts';
import { exactlyOne, withRules, withTransition } from '../fields/rules.ts';
import { gateway } from './gateway.ts';
import { volumes } from './volumes.ts';

/** What only a cluster has. */
const cluster = withRules(
  z.strictObject({
    gateway: gateway
      .optional()
      .describe(
        'Makes the service reachable through the Gateway API, with exact traffic weights. Default: a Service inside the cluster.',
      ),
    serviceAccountName: objectName()
      .optional()
      .describe('ServiceAccount of the pods. Default: the default one, without its token.'),
    imagePullSecrets: listMap(reference('pull Secret'), { max: 8 })
      .optional()
      .describe("Secrets to pull the image with. Default: the Project's own for images that it built."),
    volumes: volumes(),
    terminationGracePeriodSeconds: seconds(1, 3600)
      .default(30)
      .describe('Time that a replica has to finish after it is told to stop. Default 30.'),
    drainSeconds: seconds(0, 600)
      .default(5)
      .describe(
        'Time that a replica keeps serving before it is told to stop; longer than the data plane needs to forget it. Default 5.',
      ),
    podSecurity: z
      .enum(['Restricted', 'Baseline'])
      .default('Restricted')
      .describe('Pod Security Standard of the pods. Baseline allows root inside the container. Default Restricted.'),
    spread: z
      .enum(['Zone', 'Node', 'None'])
      .default('Node')
      .describe('Over what replicas are spread as evenly as there is room. Default Node.'),
    disruptionBudget: z
      .enum(['Automatic', 'None'])
      .default('Automatic')
      .describe('Automatic keeps all but one live replica during drains, from two replicas on. Default Automatic.'),
    adopt: reference('apps/v1 Deployment')
      .optional()
      .describe('Takes over the replicas of an apps/v1 Deployment, which is paused and kept. Default none.'),
    podTemplatePatch: opaque()
      .optional()
      .describe(
        'Merged into the pod template by the list keys of core/v1; the container is called app. For what has no field here. Default none.',
      ),
  }),
  {
    rule: 'self.drainSeconds < self.terminationGracePeriodSeconds',
    message: 'terminationGracePeriodSeconds must be greater than drainSeconds, which is part of it',
    holds: (value) => value.drainSeconds < value.terminationGracePeriodSeconds,
  },
);

const members = z.strictObject({
  cluster: cluster.optional().describe('This cluster.'),
  ref: reference('Target').optional().describe('A place outside the cluster.'),
});

const union = exactlyOne(members, ['cluster', 'ref'], 'set exactly one of cluster and ref');

/** Where a Project's environment runs. Projects may move an environment: that makes another Deployment. */
export const place = union;

/**
 * Where a Deployment runs. The settings may change, the place may not: the old place would be left running with nobody
 * to clean it up.
 */
export const fixedPlace = withTransition(union, {
  rule: 'has(self.ref) == has(oldSelf.ref) && (!has(self.ref) || self.ref.name == oldSelf.ref.name)',
  message: 'target is fixed; make another Deployment for the new place and delete this one when that is ready',
});

export type Place = z.output<typeof place>;
export type ClusterPlace = z.output<typeof cluster>;
