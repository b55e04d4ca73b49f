import type { BuildStepPlan } from '../plans.ts';
import type { StepReason } from '../result/result.ts';
import { type Details, StepError } from '../step-error.ts';
import type { BuildPaths } from './arguments.ts';
import type { BuildProgress, FailedStep } from './rawjson.ts';

interface Evidence {
  /** BuildKit's own sentence, without what was attempted around it. */
  readonly error: string;
  readonly exitCode: number | undefined;
  readonly instruction: boolean;
  /** The Dockerfile is ours. */
  readonly derived: boolean;
  /** What the failing command printed last. It is the repository's, so it only makes a cause finer that is known to be a command's. */
  readonly printed: string;
  /** All that is kept of it. */
  readonly everything: string;
  /** Its network is BuildKit's proxy, which lets through what is listed. */
  readonly behindProxy: boolean;
}

type Rule = [reason: StepReason, holds: (evidence: Evidence) => boolean, say: (evidence: Evidence) => string];

const says = (pattern: RegExp) => (evidence: Evidence) => pattern.test(evidence.error);

function printed(pattern: RegExp): Rule[1] {
  return ({ exitCode, printed }) => exitCode !== undefined && pattern.test(printed);
}

/** Rules of builds whose hosts are limited: what a command says of its network does not tell that it was ours. */
function behindProxy(pattern: RegExp, say: string): Rule {
  return [
    'BuildCommandFailed',
    (evidence) => evidence.behindProxy && printed(pattern)(evidence),
    ({ exitCode }) => `ended with exit code ${exitCode}; ${say}`,
  ];
}

/** What shells, Go, Java and the C library say of it. */
const noMoreProcesses =
  /can(no|')t fork|fork\b.{0,80}resource temporarily unavailable|failed to create new OS thread|unable to create (new )?native thread|pthread_create.{0,80}resource temporarily unavailable/i;

/** What npm, pnpm, yarn 1 and later, Bun, uv, Poetry, Cargo, Bundler, Go and Deno say of a lock file that is older than its manifest. */
const lockFile =
  /`npm ci` can only install packages when|ERR_PNPM_OUTDATED_LOCKFILE|lockfile needs to be updated|lockfile would have been modified|lockfile had changes, but lockfile is frozen|lockfile at `?uv\.lock`? needs to be updated|poetry\.lock was last generated|lock file \S{1,200} needs to be updated but --locked|gemspecs? for .{1,200} changed|frozen mode|missing go\.sum entry|lockfile is out of date/i;

/** Why a build failed, most telling first. A rule that reads text comes after those that read facts. */
const rules: readonly Rule[] = [
  [
    'BuildOutOfMemory',
    ({ exitCode, error }) => exitCode === 137 || /cannot allocate memory/.test(error),
    () => 'was killed, as it happens when memory runs out; raise build.memory, or make it use less',
  ],
  [
    'BuilderUnavailable',
    says(/error reading from server|transport is closing|code = Unavailable|connection refused.*buildkitd\.sock/i),
    () => 'the builder ended in the middle, as it happens when memory runs out; with repetition raise build.memory',
  ],
  ['BuildDiskFull', says(/no space left on device|disk quota exceeded/i), () => 'wrote more than the build may store'],
  [
    'BuildDiskFull',
    printed(/no space left on device|\bENOSPC\b/i),
    ({ exitCode }) => `ended with exit code ${exitCode}, because it wrote more than the build may store`,
  ],
  [
    'BuildOutOfMemory',
    printed(/JavaScript heap out of memory|java\.lang\.OutOfMemoryError|\bMemoryError\b|virtual memory exhausted/),
    ({ exitCode }) =>
      `ended with exit code ${exitCode}, because memory ran out; raise build.memory, or make it use less`,
  ],
  [
    'BuildCommandFailed',
    printed(noMoreProcesses),
    ({ exitCode }) =>
      `ended with exit code ${exitCode}, because it had as many processes and threads at once as the operator's builds.processes allows; let it start fewer`,
  ],
  [
    'BuildCommandFailed',
    ({ exitCode, everything }) => exitCode !== undefined && lockFile.test(everything),
    ({ exitCode }) =>
      `ended with exit code ${exitCode}, because the lock file does not fit the manifest; install once more where you develop, and commit the lock file`,
  ],
  behindProxy(
    /certificate|PKIX path|self[-_ ]signed|SSL_ERROR/i,
    'builds of untrusted code reach the network by a proxy, and the tool does not trust its certificate, which is in /etc/ssl/certs/ca-certificates.crt where the image has that file: point the tool there, as with NODE_EXTRA_CA_CERTS',
  ),
  behindProxy(
    /\b403\b|\bforbidden\b/i,
    "builds of untrusted code reach only the hosts of the operator's builds.untrustedHosts, and the answer to others is 403 Forbidden",
  ),
  behindProxy(
    /could not resolve|EAI_AGAIN|ENOTFOUND|no such host|name resolution|bad address|network is unreachable|ENETUNREACH/i,
    'builds of untrusted code have no network but the proxy that HTTP_PROXY and HTTPS_PROXY name: let the tool use it',
  ),
  [
    'BuildCommandFailed',
    ({ exitCode }) => exitCode !== undefined,
    ({ exitCode }) => `ended with exit code ${exitCode}`,
  ],
  [
    'BuildHostRefused',
    says(/denied by policy/),
    ({ error }) =>
      `${error.slice(0, 300)}; builds of untrusted code reach only the hosts of the operator's builds.untrustedHosts`,
  ],
  ['DockerfileInvalid', says(/^dockerfile parse error|^failed to parse|could not be found$|^target stage/i), told],
  ['UnknownProjectType', says(/failed to read dockerfile/i), () => 'there is no Dockerfile; add one, or set path'],
  [
    'BaseImageMissing',
    (evidence) =>
      !evidence.instruction &&
      says(/: not found$|pull access denied|insufficient_scope|unauthorized|forbidden/i)(evidence),
    baseImage,
  ],
  [
    'RegistryUnreachable',
    says(
      /failed to (resolve source metadata|do request|fetch)|dial tcp|i\/o timeout|TLS handshake|status(?: code)?: 5\d\d/i,
    ),
    told,
  ],
  ['BuildCommandFailed', ({ instruction }) => instruction, told],
];
const anythingElse: Rule = ['DockerfileInvalid', () => true, told];

function told({ error }: Evidence): string {
  return error.slice(0, 400);
}

function baseImage({ error, derived }: Evidence): string {
  const remedy = derived
    ? 'ask for another version, or have the administrator set builds.baseImages'
    : 'correct the name, or give credentials that may pull it';
  return `${error.slice(0, 300)}; ${remedy}`;
}

/** `Dockerfile:4`, alone on its line, above the excerpt. */
const place = /^(?<file>[^\s:]+):(?<line>\d{1,6})$/;
const failedWith = /^error: failed to solve: (.*)$/s;

/** The error that a failed build ends its step with. */
export function judgeBuild(
  progress: BuildProgress,
  { dockerfile, derived }: Pick<BuildPaths, 'dockerfile' | 'derived'>,
  { hosts }: Pick<BuildStepPlan, 'hosts'>,
): StepError {
  const error = errorOf(progress);
  if (error === undefined) return noAnswer(progress);
  const { failed } = progress;
  const exitCode = exitCodeOf(error);
  const evidence = {
    error,
    exitCode,
    derived: derived !== undefined,
    behindProxy: hosts !== undefined,
    instruction: failed !== undefined && !failed.step.startsWith('[internal]'),
    printed: failed?.lines.slice(-20).join('\n') ?? '',
    everything: failed?.lines.join('\n') ?? '',
  };
  const [reason, , say] = rules.find(([, holds]) => holds(evidence)) ?? anythingElse;
  const where = placeOf(progress, dockerfile);
  const details: Details = {
    ...where,
    ...(exitCode !== undefined && { exitCode }),
    ...(failed && { step: failed.step, lines: failed.lines.slice(-20) }),
  };
  return new StepError(reason, `${subjectOf(failed, where)}: ${say(evidence)}`, details, failed?.lines);
}

function subjectOf(failed: FailedStep | undefined, { file, line }: Pick<Details, 'file' | 'line'>): string {
  const step = failed?.step.slice(0, 200) ?? 'The build';
  return file === undefined ? step : `${step} (${file}:${line})`;
}

function errorOf({ words }: BuildProgress): string | undefined {
  return words.map((line) => failedWith.exec(line)?.[1]).findLast((error) => error !== undefined);
}

function exitCodeOf(error: string): number | undefined {
  const code = /exit code: (\d{1,3})\b/.exec(error)?.[1];
  return code === undefined ? undefined : Math.min(Number(code), 255);
}

function placeOf({ words }: BuildProgress, dockerfile: string): Pick<Details, 'file' | 'line'> {
  const line = words.map((word) => place.exec(word)?.groups?.['line']).findLast((found) => found !== undefined);
  return line === undefined ? {} : { file: dockerfile, line: Number(line) };
}

function noAnswer({ words }: BuildProgress): StepError {
  const message = 'the builder ended without an answer; with repetition have the administrator look at the build pod';
  return new StepError('BuilderUnavailable', message, { lines: words.slice(-20) });
}
