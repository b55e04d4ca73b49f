import type { StepReason } from '../result/result.ts';
import { StepError } from '../step-error.ts';

interface Fetch {
  readonly url: string;
  readonly commit: string;
  readonly code: number;
}

type Rule = [pattern: RegExp, reason: StepReason, advice: string];

/** What git says in English (LC_ALL=C), most telling first. */
const rules: readonly Rule[] = [
  [/no space left on device/i, 'BuildDiskFull', 'the repository is larger than the build may store'],
  [
    /could not read (username|password)|authentication failed|error: (401|403)/i,
    'SourceForbidden',
    'renew the Secret of source.git.credentialsRef',
  ],
  [/repository .* not found|error: 404/i, 'SourceNotFound', 'correct source.git.url, or set credentialsRef'],
  [
    /not our ref|unadvertised object|couldn't find remote ref|upload-pack: .*not/i,
    'SourceNotFound',
    'the commit is not in the repository; push it again',
  ],
  [/transport '.*' not allowed|redirect/i, 'SourceRefused', 'write the final address into source.git.url'],
];

export function judgeFetch(lines: readonly string[], { url, commit, code }: Fetch): StepError {
  const said = lines.join('\n');
  const rule = rules.find(([pattern]) => pattern.test(said));
  const [, reason, advice] = rule ?? [/./, 'SourceUnreachable', 'check that the git host is up and reachable'];
  return new StepError(reason, `fetch ${commit.slice(0, 12)} from ${url}: ${advice}`, {
    step: 'git fetch',
    exitCode: Math.min(code, 255),
    lines: [...lines],
  });
}
