import type { z } from 'zod';
import type { Rule } from '../fields/rules.ts';
import { age, defineKind, type ObjectMeta } from '../kind/kind.ts';
import { deploymentSpec } from './spec.ts';
import { deploymentStatus } from './status.ts';

/** Services and labels are named after it: a Service's name is a DNS label that starts with a letter. */
const nameFitsServices: Rule<{ metadata: ObjectMeta }> = {
  rule: "self.metadata.name.size() <= 50 && self.metadata.name.matches(r'^[a-z]([-a-z0-9]*[a-z0-9])?$')",
  message:
    "metadata.name must be at most 50 lower case letters, digits and '-', starting with a letter, as Services are named after it",
  holds: ({ metadata: { name } }) => name.length <= 50 && /^[a-z]([-a-z0-9]*[a-z0-9])?$/u.test(name),
};

export const deployment = defineKind({
  kind: 'Deployment',
  plural: 'deployments',
  shortName: 'vd',
  summary: 'One service of one environment on one target, with one strategy.',
  spec: deploymentSpec,
  status: deploymentStatus,
  rules: [nameFitsServices],
  scale: {
    specReplicasPath: '.spec.workload.scale.replicas',
    statusReplicasPath: '.status.replicas',
    labelSelectorPath: '.status.selector',
  },
  columns: [
    { name: 'Ready', path: '.status.conditions[?(@.type=="Ready")].status' },
    { name: 'State', path: '.status.state' },
    { name: 'Strategy', path: '.spec.strategy.type' },
    { name: 'Step', path: '.status.rollout.progress' },
    { name: 'Weight', path: '.status.next.weight', type: 'integer' },
    { name: 'URL', path: '.status.url' },
    { name: 'Reason', path: '.status.conditions[?(@.type=="Ready")].reason', wide: true },
    { name: 'Replicas', path: '.status.readyReplicas', type: 'integer', wide: true },
    { name: 'Release', path: '.status.live.release', type: 'integer', wide: true },
    age,
  ],
});

export type Deployment = z.output<typeof deployment.schema>;
