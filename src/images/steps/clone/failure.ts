import type { ClonePlan } from '../plans.ts';
import type { StepReason } from '../result/result.ts';
import { StepError } from '../step-error.ts';

export interface GitEnd {
  readonly plan: Pick<ClonePlan, 'url' | 'commit' | 'limits'>;
  /** The command, such as `git fetch`. */
  readonly step: string;
  readonly code: number;
  readonly lines: readonly string[];
  /** The pod is told to end. */
  readonly cancelled: boolean;
  /** The time for the repository is over. */
  readonly late: boolean;
}

interface View extends GitEnd {
  readonly said: string;
}

type Rule = [holds: (end: View) => boolean, reason: StepReason, advice: string | ((end: View) => string)];

const says = (pattern: RegExp) => (end: View) => pattern.test(end.said);

/** What git says in English (LC_ALL=C), most telling first; what was done to it before what it says of that. */
const rules: readonly Rule[] = [
  [({ cancelled }) => cancelled, 'BuildCancelled', 'the build was told to end'],
  [({ late }) => late, 'SourceUnreachable', tookTooLong],
  [says(/no space left on device/i), 'BuildDiskFull', 'the repository is larger than the build may store'],
  [says(/file too large/i), 'SourceRefused', tooLarge],
  [
    says(/fsck error|invalid path|unable to (create|write) .*file name too long/i),
    'SourceRefused',
    'the commit holds names or objects that git takes for an attack; the lines name them, take them out and push',
  ],
  [
    says(/host key verification failed/i),
    'SourceRefused',
    'the host shows a key that known_hosts in the Secret of source.git.credentialsRef does not have; compare it with what the host publishes before you put it there',
  ],
  [
    says(/permission denied \([a-z,-]*publickey/i),
    'SourceForbidden',
    'add the public half of the ssh key to the repository as a deploy key, or renew the Secret of source.git.credentialsRef',
  ],
  [
    says(/could not read (username|password)|authentication failed|error: (401|403)/i),
    'SourceForbidden',
    'renew the Secret of source.git.credentialsRef',
  ],
  [
    says(/repository (.* )?not found|does not appear to be a git repository|error: (404|410)/i),
    'SourceNotFound',
    'correct source.git.url, or set credentialsRef',
  ],
  [
    says(/not our ref|unadvertised object|couldn't find remote ref|upload-pack: .*not/i),
    'SourceNotFound',
    'the commit is not in the repository; push it again',
  ],
  [
    says(/transport '.*' not allowed|redirect|error: 30\d/i),
    'SourceRefused',
    'write the final address into source.git.url',
  ],
  [says(/ssl|certificate/i), 'SourceUnreachable', "the host's certificate is not one that is trusted here; renew it"],
];
const anythingElse: Rule = [() => true, 'SourceUnreachable', 'check that the git host is up and reachable'];

/** The error that a failed git command ends its step with. */
export function judgeGit(end: GitEnd): StepError {
  const view = { ...end, said: end.lines.join('\n') };
  const [, reason, advice] = rules.find(([holds]) => holds(view)) ?? anythingElse;
  const { plan, step, code, lines } = end;
  const why = typeof advice === 'string' ? advice : advice(view);
  return new StepError(reason, `fetch ${plan.commit.slice(0, 12)} from ${plan.url}: ${why}`, {
    step,
    exitCode: Math.min(code, 255),
    lines: [...lines],
  });
}

function tookTooLong({ plan }: View): string {
  return `it took longer than ${plan.limits.seconds} s; check the git host, or have the administrator raise builds.source.seconds`;
}

function tooLarge({ plan }: View): string {
  return `the commit is larger than ${plan.limits.packMegabytes} MB as it is sent; make it smaller, or have the administrator raise builds.source.packMegabytes`;
}
