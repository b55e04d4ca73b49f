import { z } from 'zod';
import { statusFields } from '../conditions/condition.ts';
import { atomicList, listMap } from '../fields/lists.ts';
import { objectName } from '../fields/names.ts';
import { int32, int64 } from '../fields/numbers.ts';
import { time } from '../fields/references.ts';
import { text } from '../fields/text.ts';
import { digest, imageReference } from '../fields/urls.ts';

/** Who may have written the code: decided by the operator from the facts of the git host. */
export const trustLevels = ['Trusted', 'Untrusted'] as const;
export const trust = () => z.enum(trustLevels);
export type Trust = (typeof trustLevels)[number];

export const buildStages = ['Queue', 'Clone', 'Analyse', 'Build', 'Push', 'Sign'] as const;

/** A Build may wait for longer: for a Secret, or for people. */
export const mostStageSeconds = 604_800;
/** A queue may be longer. */
export const mostQueuePosition = 100_000;
/** The path of a service and a Dockerfile below it. */
export const longestDockerfile = 1025;

const stage = z.strictObject({
  name: z.enum(buildStages).describe('Stage of the build.'),
  startedAt: time().describe('When it started.'),
  seconds: int32(0, mostStageSeconds).optional().describe('How long it took; absent while it runs.'),
});

/** Classes that a program can act on; the condition's reason is the finer word. */
export const causeClasses = [
  'Repository',
  'Configuration',
  'Code',
  'Resources',
  'Registry',
  'Platform',
  'Cancelled',
] as const;

const failure = z.strictObject({
  stage: z.enum(buildStages).describe('Stage that failed.'),
  class: z
    .enum(causeClasses)
    .describe(
      'Whose turn it is: the repository, its configuration, its code, resources, the registry, the platform, or nobody.',
    ),
  step: text(1024).optional().describe('Instruction or command that failed.'),
  file: text(longestDockerfile).optional().describe('File that names the failing step.'),
  line: int32(1, 1_000_000).optional().describe('Line in that file.'),
  exitCode: int32(-1, 255).optional().describe('Exit code of the failing command.'),
  remedy: text(2048).describe('What to do.'),
  lines: atomicList(text(512, { min: 0 }), { max: 20 })
    .optional()
    .describe('Last lines of the failing step, without secrets that the operator knows.'),
  log: objectName().optional().describe('ConfigMap in this namespace with the last 200 lines; it goes with the Build.'),
});

export const buildStatus = z.strictObject({
  ...statusFields,
  state: text(32).optional().describe('One word for people, derived from the conditions.'),
  trust: trust().optional().describe('Trust level of the code. Set once, by the operator alone.'),
  identity: text(128)
    .optional()
    .describe('Hash of what identifies the build: project, repository, commit, configuration, trust.'),
  repositoryId: text(256)
    .optional()
    .describe('Identity of the repository at its host; stays the same when it is renamed.'),
  image: imageReference().optional().describe('Image by digest, once pushed.'),
  digest: digest().optional().describe('Digest of the image.'),
  signedBy: text(64)
    .optional()
    .describe('Key that signed the image: SHA-256 of the public key. Absent: it is not signed.'),
  sizeBytes: int64().optional().describe('Compressed size of the image, over all platforms.'),
  platforms: atomicList(text(64), { max: 8 }).optional().describe('Platforms that were built.'),
  plan: text(longestDockerfile + 64)
    .optional()
    .describe('Where the Dockerfile came from: the repository, or what was recognised.'),
  attempt: int32(0, 100).optional().describe('Number of the attempt.'),
  queuePosition: int32(0, mostQueuePosition).optional().describe('Builds that go first; absent once it runs.'),
  jobName: objectName().optional().describe("Job in the operator's build namespace of this trust level."),
  stages: listMap(stage, { max: buildStages.length }).optional().describe('Time of each stage.'),
  cachedSteps: int32(0, 100_000).optional().describe('Steps that came from the cache.'),
  totalSteps: int32(0, 100_000).optional().describe('Steps of the build.'),
  failure: failure.optional().describe('What went wrong, and the way out.'),
  startedAt: time().optional().describe('When the build left the queue.'),
  finishedAt: time().optional().describe('When it ended.'),
  deadline: time().optional().describe('When it is given up.'),
  supersededBy: objectName().optional().describe('Build of a newer commit that took its place.'),
});

export type BuildStatus = z.output<typeof buildStatus>;
export type BuildFailure = z.output<typeof failure>;
