import { z } from 'zod';
import { listMap, listSet } from '../fields/lists.ts';
import { dataKey, objectName } from '../fields/names.ts';
import { quantity, seconds } from '../fields/numbers.ts';
import { text } from '../fields/text.ts';
import { repositoryPath } from '../fields/urls.ts';

const argument = z.strictObject({
  name: text(128, {
    matches: { pattern: '^[A-Za-z_][A-Za-z0-9_]*$', message: "write the ARG's name, such as NODE_ENV" },
  }).describe('Name of the ARG.'),
  value: text(4096, { min: 0 }).describe('Its value. It stays readable in the image: no secrets.'),
});

const secret = z.strictObject({
  id: text(64, {
    matches: {
      pattern: '^[A-Za-z0-9][-A-Za-z0-9_.]*$',
      message: 'write the id that the Dockerfile names, such as npmrc',
    },
  }).describe('As in RUN --mount=type=secret,id=npmrc.'),
  name: objectName().describe('Name of the Secret, in this namespace.'),
  key: dataKey().describe('Key of the Secret.'),
});

/** How an image is made from a commit. Each field is part of the identity of a Build. */
export const buildSettings = z.strictObject({
  dockerfile: repositoryPath()
    .optional()
    .describe("Dockerfile, from the service's path. Default: Dockerfile, or without one a derived one."),
  context: repositoryPath()
    .optional()
    .describe('Folder that the build sees, from the root of the repository. Default: the path of the service.'),
  stage: text(128, {
    matches: {
      pattern: '^[A-Za-z0-9][-A-Za-z0-9_.]*$',
      message: "write a stage's name from the Dockerfile, such as runtime",
    },
  })
    .optional()
    .describe('Stage of the Dockerfile to build. Default: the last one.'),
  args: listMap(argument, { max: 64 }).optional().describe('Values for ARG lines. Default none.'),
  secrets: listMap(secret, { max: 16, keys: ['id'] })
    .optional()
    .describe(
      'What commands of the Dockerfile may mount while they run; it does not become part of the image. Only for commits that are trusted: other builds get none. Default none.',
    ),
  platforms: listSet(
    text(64, {
      matches: {
        pattern: '^linux/[a-z0-9]+(/v[0-9]+)?$',
        message: 'write a platform such as linux/amd64 or linux/arm64',
      },
    }),
    { max: 8, min: 1 },
  )
    .optional()
    .describe('Platforms of the image. Default: that of the node that builds.'),
  cpu: quantity('2').optional().describe("CPU for the build. Default: from the operator's configuration."),
  memory: quantity('4Gi')
    .optional()
    .describe(
      "Memory for the build; beyond it the build fails with BuildOutOfMemory. Default: from the operator's configuration.",
    ),
  deadlineSeconds: seconds(30, 86_400)
    .optional()
    .describe(
      "Time for the build from its start; then it fails with BuildTimedOut. Default: from the operator's configuration.",
    ),
});

export type BuildSettings = z.output<typeof buildSettings>;
