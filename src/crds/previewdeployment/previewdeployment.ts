import { z } from 'zod';
import { statusFields } from '../conditions/condition.ts';
import { int32 } from '../fields/numbers.ts';
import { reference } from '../fields/references.ts';
import { immutable } from '../fields/rules.ts';
import { age, defineKind } from '../kind/kind.ts';

/** Only what identifies a preview; policies, addresses and lifetimes come with the controller that acts on them. */
const previewSpec = immutable(
  z.strictObject({
    projectRef: reference('Project').describe('Project of the pull request.'),
    pullRequest: int32(1, 2_147_483_647).describe('Number of the pull request.'),
  }),
  'a PreviewDeployment belongs to one pull request; make another one instead',
);

export const previewDeployment = defineKind({
  kind: 'PreviewDeployment',
  plural: 'previewdeployments',
  shortName: 'vpd',
  summary: 'One pull request of one Project. Reserved: this version stores it and does nothing with it.',
  spec: previewSpec,
  status: z.strictObject(statusFields),
  columns: [
    { name: 'Project', path: '.spec.projectRef.name' },
    { name: 'Pull Request', path: '.spec.pullRequest', type: 'integer' },
    { name: 'Ready', path: '.status.conditions[?(@.type=="Ready")].status' },
    age,
  ],
});

export type PreviewDeployment = z.output<typeof previewDeployment.schema>;
