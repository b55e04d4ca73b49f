import { z } from 'zod';
import { longestDockerfile } from '../../../crds/build/status.ts';
import { plainLine } from '../program/lines.ts';

/** What a step can fail of: reasons of the table in src/crds/reasons. */
export const stepReasons = [
  'SourceUnreachable',
  'SourceNotFound',
  'SourceForbidden',
  'SourceRefused',
  'UnknownProjectType',
  'DockerfileInvalid',
  'BuildCommandFailed',
  'BuildOutOfMemory',
  'BuildDiskFull',
  'BuildCancelled',
  'RegistryUnreachable',
  'PushDenied',
  'CredentialsMissing',
  'BaseImageMissing',
  'BuildHostRefused',
  'BuilderUnavailable',
  'UntrustedBuildRefused',
] as const;
export type StepReason = (typeof stepReasons)[number];

/** Whoever wrote it: people read it in a terminal. */
const text = (length: number) =>
  z
    .string()
    .max(length)
    .transform((said) => plainLine(said, undefined, length));
/** What has nothing in it for a person is not there: the API server refuses a status with an empty place. */
const something = (length: number) =>
  text(length)
    .transform((said) => said || undefined)
    .optional();
const seconds = z.number().min(0).max(1_000_000);
const count = z.number().int().min(0).max(100_000);

const failure = z.strictObject({
  ok: z.literal(false),
  stage: z.enum(['Clone', 'Build', 'Push']),
  seconds,
  reason: z.enum(stepReasons),
  message: text(1024),
  step: something(1024),
  file: something(longestDockerfile),
  line: z.number().int().min(1).max(1_000_000).optional(),
  exitCode: z.number().int().min(-1).max(255).optional(),
  lines: z.array(text(512)).max(20).optional(),
});

const cloned = z.strictObject({ ok: z.literal(true), stage: z.literal('Clone'), seconds });
const built = z.strictObject({
  ok: z.literal(true),
  stage: z.literal('Build'),
  seconds,
  /** Until the builder answered; part of `seconds`. */
  startSeconds: seconds,
  dockerfile: text(longestDockerfile),
  /** What was recognised, where the repository has no Dockerfile. */
  plan: text(512).optional(),
  cachedSteps: count,
  totalSteps: count,
});
const pushed = z.strictObject({
  ok: z.literal(true),
  stage: z.literal('Push'),
  seconds,
  digest: z.string().regex(/^sha256:[a-f0-9]{64}$/),
  sizeBytes: z.number().int().min(0),
  platforms: z.array(text(64)).max(8),
});

/**
 * How a step ended. It travels in the container's termination message, because the operator may then do without the right
 * to read logs; Kubernetes cuts that message at 4,096 bytes. The build's result is written where a repository's code ran,
 * so it is parsed like any other stranger's.
 */
export const stepResult = z.union([cloned, built, pushed, failure]);
export type StepResult = z.output<typeof stepResult>;
export type StepFailure = z.output<typeof failure>;
export type Built = z.output<typeof built>;
export type Pushed = z.output<typeof pushed>;

/** Undefined when nothing usable was written: the container was killed, or somebody else wrote. */
export function parseResult(message: string | undefined): StepResult | undefined {
  if (message === undefined || message === '') return undefined;
  try {
    return stepResult.safeParse(JSON.parse(message)).data;
  } catch {
    return undefined;
  }
}
