import { z } from 'zod';
import { listMap } from '../fields/lists.ts';
import { label } from '../fields/names.ts';
import { withRules } from '../fields/rules.ts';
import { place } from '../place/place.ts';
import { refFields } from '../source/source.ts';
import { strategy } from '../strategy/strategy.ts';
import { partialWorkload } from '../workload/workload.ts';

const override = z.strictObject({
  service: label(30).describe(
    "Service that this is about: a name in `services`, or the Project's own name with the short form.",
  ),
  workload: partialWorkload
    .optional()
    .describe('Fields that replace those of the service. Lists of named things are merged by name.'),
  strategy: strategy.optional().describe("Replaces the service's strategy as a whole. Default: the service's."),
  target: place.optional().describe('Where it runs. Default: this cluster, with a Service.'),
});

const refs = ['branch', 'tag', 'commit'] as const;

const shape = z.strictObject({
  name: label(30).describe('Name of the environment, part of the names of its Deployments.'),
  managedBy: z
    .enum(['Project', 'External'])
    .default('Project')
    .describe('Who makes the Deployments: this Project, or you through GitOps. Never both. Default Project.'),
  ...refFields,
  overrides: listMap(override, { max: 16, keys: ['service'] })
    .optional()
    .describe('What is different here. Default nothing.'),
});

type Shape = z.output<typeof shape>;
const refCount = (value: Shape) => refs.filter((ref) => value[ref] !== undefined).length;

const environment = withRules(
  shape,
  {
    rule: "self.managedBy != 'Project' || [has(self.branch), has(self.tag), has(self.commit)].filter(x, x).size() == 1",
    message: 'set exactly one of branch, tag and commit, or managedBy: External',
    holds: (value) => value.managedBy !== 'Project' || refCount(value) === 1,
  },
  {
    rule: "self.managedBy != 'External' || !(has(self.branch) || has(self.tag) || has(self.commit) || has(self.overrides))",
    message: 'with managedBy: External the Deployments say what runs; remove branch, tag, commit and overrides',
    holds: (value) => value.managedBy !== 'External' || (refCount(value) === 0 && value.overrides === undefined),
  },
);

export const environments = () =>
  listMap(environment, { max: 32 })
    .optional()
    .describe('Where the services run. Default none: nothing is built and nothing runs.');

export type Environment = z.output<typeof environment>;
