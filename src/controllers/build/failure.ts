import type { BuildFailure } from '../../crds/build/status.ts';
import { reasons, type SummaryReason } from '../../crds/reasons/reasons.ts';
import type { Failed } from '../../images/driver/driver.ts';

/** Whose turn it is. */
const classes: Partial<Record<SummaryReason, BuildFailure['class']>> = {
  SourceUnreachable: 'Repository',
  SourceNotFound: 'Repository',
  SourceForbidden: 'Repository',
  SourceRefused: 'Repository',
  ProjectNotFound: 'Configuration',
  CredentialsMissing: 'Configuration',
  UnknownProjectType: 'Configuration',
  BuildTooLarge: 'Configuration',
  DockerfileInvalid: 'Code',
  BuildCommandFailed: 'Code',
  BaseImageMissing: 'Code',
  BuildHostRefused: 'Code',
  BuildOutOfMemory: 'Resources',
  BuildDiskFull: 'Resources',
  BuildTimedOut: 'Resources',
  RegistryUnreachable: 'Registry',
  PushDenied: 'Registry',
  SigningKeyUnusable: 'Platform',
  BuildCancelled: 'Cancelled',
};

export function failureFor(reason: SummaryReason, known: Failed['failure']): BuildFailure {
  return { ...known, class: classes[reason] ?? 'Platform', remedy: reasons[reason].remedy };
}

/** Only what passes without anybody changing anything is tried again. */
export function isPassing(reason: SummaryReason): boolean {
  return reasons[reason].course === 'Retrying';
}

const firstMs = 10_000;
const longestMs = 120_000;

/** Time between the end of one attempt and the start of the next. */
export function backOffMs(nextAttempt: number): number {
  return Math.min(firstMs * 2 ** Math.max(0, nextAttempt - 2), longestMs);
}
