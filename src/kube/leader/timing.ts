export interface LeaderTiming {
  /** How long others wait after the last renewal that they saw. Default 15 s. */
  leaseDurationMs?: number;
  /** A leader that could not renew for this long has lost the lease, and its process must end. Default 10 s. */
  renewDeadlineMs?: number;
  /** Time between two attempts to take or renew the lease. Default 2 s. */
  retryPeriodMs?: number;
}

/** Standbys wait up to this much longer, so that they do not all ask at once. */
export const jitterFactor = 1.2;

export function timing(options: LeaderTiming): Required<LeaderTiming> {
  const { leaseDurationMs = 15_000, renewDeadlineMs = 10_000, retryPeriodMs = 2_000 } = options;
  if (leaseDurationMs < 1000) throw wrong('the lease duration must be one second or more');
  if (retryPeriodMs <= 0) throw wrong('the retry period must be positive');
  if (leaseDurationMs <= renewDeadlineMs) throw wrong('the lease duration must be longer than the renew deadline');
  if (renewDeadlineMs <= retryPeriodMs * jitterFactor) {
    throw wrong(`the renew deadline must be longer than ${jitterFactor} retry periods`);
  }
  return { leaseDurationMs, renewDeadlineMs, retryPeriodMs };
}

function wrong(rule: string): Error {
  return new Error(`set up leader election: ${rule}`);
}
