import { z } from 'zod';
import { checks } from '../check/check.ts';
import { statusFields } from '../conditions/condition.ts';
import { listMap } from '../fields/lists.ts';
import { label, objectName } from '../fields/names.ts';
import { int32 } from '../fields/numbers.ts';
import { reference, time } from '../fields/references.ts';
import { exactlyOne, type Rule, withRules } from '../fields/rules.ts';
import { text } from '../fields/text.ts';
import { commit, imageRepository } from '../fields/urls.ts';
import { age, defineKind, type ObjectMeta } from '../kind/kind.ts';
import { gitSource } from '../source/source.ts';
import { environments } from './environment.ts';
import { serviceFields, shortForm } from './service.ts';

const service = z.strictObject({
  name: label(30).describe('Name of the service, part of the names of its Deployments.'),
  ...serviceFields,
});

const image = withRules(
  z.strictObject({
    repository: imageRepository().describe('Where images are pushed to, without tag.'),
    credentialsRef: reference('Secret of type kubernetes.io/dockerconfigjson')
      .optional()
      .describe('Credentials to push and pull. Default none: an open registry.'),
    untrustedCredentialsRef: reference('Secret of type kubernetes.io/dockerconfigjson')
      .optional()
      .describe(
        'Credentials to push images of untrusted Builds, to the repository with -untrusted behind its name. Default none: where credentialsRef is set, such a Build is refused.',
      ),
    unused: z
      .enum(['Keep', 'DryRun', 'Delete'])
      .optional()
      .describe(
        'What becomes of images beyond builds.historyLimit that no release uses: they stay at the registry, are marked on their Builds, or are deleted. Default Keep.',
      ),
  }),
  {
    rule: '!has(self.credentialsRef) || !has(self.untrustedCredentialsRef) || self.credentialsRef.name != self.untrustedCredentialsRef.name',
    message:
      'untrustedCredentialsRef names another Secret than credentialsRef, with a login for untrusted images alone',
    holds: ({ credentialsRef: trusted, untrustedCredentialsRef: untrusted }) =>
      trusted === undefined || trusted.name !== untrusted?.name,
  },
);

const shape = z.strictObject({
  source: exactlyOne(
    z.strictObject({ git: gitSource.optional().describe('A git repository.') }),
    ['git'],
    'set git: it is the only source that this version knows',
  ).describe('Where the code is.'),
  image: image.describe('Where the images go.'),
  ...shortForm,
  services: listMap(service, { max: 1, min: 1 })
    .optional()
    .describe(
      'The services of the repository; this version runs one. Default: one, from path, build and workload beside this, named as the Project.',
    ),
  environments: environments(),
  maxConcurrentRollouts: int32(1, 1000)
    .default(5)
    .describe('Rollouts of its Deployments at the same time; more wait for their turn. Default 5.'),
  checks: checks().describe('Checks that the strategies of all services may name. Default none.'),
  builds: z
    .strictObject({
      maxConcurrent: int32(1, 100).default(2).describe('Builds at the same time; more wait in the queue. Default 2.'),
      historyLimit: int32(1, 100)
        .default(10)
        .describe('Ended Builds that are kept; images in use stay in any case. Default 10.'),
    })
    .prefault({})
    .describe('Limits of the builds.'),
});

const projectSpec = withRules(shape, {
  rule: '!has(self.services) || !(has(self.path) || has(self.build) || has(self.workload))',
  message: 'with services, write path, build and workload inside the entry of the service',
  holds: ({ services, path, build, workload }) => services === undefined || (path ?? build ?? workload) === undefined,
});

type Whole = { metadata: ObjectMeta; spec: z.output<typeof projectSpec> };

const overridesNameServices: Rule<Whole> = {
  rule: '!has(self.spec.environments) || self.spec.environments.all(e, !has(e.overrides) || e.overrides.all(o, has(self.spec.services) ? self.spec.services.exists(s, s.name == o.service) : o.service == self.metadata.name))',
  message: "overrides[].service must be a name in services, or the Project's own name when there are no services",
  holds: ({ metadata, spec }) => {
    const names = spec.services?.map(({ name }) => name) ?? [metadata.name];
    const overrides = spec.environments?.flatMap((environment) => environment.overrides ?? []) ?? [];
    return overrides.every((override) => names.includes(override.service));
  },
};

const environmentStatus = z.strictObject({
  name: label(30).describe('Name of the environment.'),
  deployment: objectName().optional().describe('Its Deployment.'),
  state: text(32).optional().describe('State of the Deployment, in the words of the reference.'),
  commit: commit().optional().describe('Commit that is live.'),
  url: text(2048).optional().describe('Where it answers.'),
});

const projectStatus = z.strictObject({
  ...statusFields,
  repositoryId: text(256)
    .optional()
    .describe('Identity of the repository at its host; stays the same when it is renamed.'),
  polledAt: time().optional().describe('When the repository was last read.'),
  environments: listMap(environmentStatus, { max: 32 }).optional().describe('What each environment runs.'),
});

export const project = defineKind({
  kind: 'Project',
  plural: 'projects',
  shortName: 'vprj',
  summary: 'A repository and its rules: how it is built, and where it runs.',
  spec: projectSpec,
  status: projectStatus,
  rules: [overridesNameServices],
  columns: [
    { name: 'Ready', path: '.status.conditions[?(@.type=="Ready")].status' },
    { name: 'Reason', path: '.status.conditions[?(@.type=="Ready")].reason' },
    { name: 'Repository', path: '.spec.source.git.url' },
    { name: 'Image', path: '.spec.image.repository', wide: true },
    age,
  ],
});

export type ProjectSpec = z.output<typeof projectSpec>;
export type Project = z.output<typeof project.schema>;
