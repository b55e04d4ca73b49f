import { z } from 'zod';
import { label } from '../fields/names.ts';
import { reference } from '../fields/references.ts';
import { type CelRule, immutable } from '../fields/rules.ts';
import { commit, repositoryPath } from '../fields/urls.ts';
import { age, defineKind } from '../kind/kind.ts';
import { buildSettings } from './settings.ts';
import { buildStatus } from './status.ts';

const buildSpec = immutable(
  z.strictObject({
    projectRef: reference('Project').describe('Project whose repository, credentials and image repository are used.'),
    service: label(30).optional().describe('Service that the image is for. Default: the only one.'),
    commit: commit().describe('Commit to build.'),
    path: repositoryPath().optional().describe('Folder of the service in the repository. Default: its root.'),
    build: buildSettings.optional().describe('How the image is made. Default: from the Dockerfile.'),
  }),
  'a Build is fixed once it is made; make another one with the wanted spec',
);

/**
 * Trust decides where an image may run, so it is no field of the spec: `status` is a subresource that only the operator
 * may write, and even there the value stands once it is set.
 */
const trustIsFinal: CelRule = {
  rule: '!has(oldSelf.status) || !has(oldSelf.status.trust) || (has(self.status) && has(self.status.trust) && self.status.trust == oldSelf.status.trust)',
  message: 'status.trust is set once by the operator; make another Build to have it decided again',
};

export const build = defineKind({
  kind: 'Build',
  plural: 'builds',
  shortName: 'vb',
  summary: 'One artifact from one commit, one build configuration and one trust level.',
  spec: buildSpec,
  status: buildStatus,
  transitions: [trustIsFinal],
  columns: [
    { name: 'Ready', path: '.status.conditions[?(@.type=="Ready")].status' },
    { name: 'State', path: '.status.state' },
    { name: 'Commit', path: '.spec.commit' },
    { name: 'Trust', path: '.status.trust' },
    { name: 'Reason', path: '.status.conditions[?(@.type=="Ready")].reason', wide: true },
    { name: 'Image', path: '.status.image', wide: true },
    age,
  ],
});

export type BuildSpec = z.output<typeof buildSpec>;
export type Build = z.output<typeof build.schema>;
