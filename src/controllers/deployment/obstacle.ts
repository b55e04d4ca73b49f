import { isSummaryReason, type Reason, reasonEntry, type SummaryReason } from '../../crds/reasons/reasons.ts';
import { isKubeError, isRefusal } from '../../kube/index.ts';
import type { Finding } from '../../rollout/engine/state.ts';

/** Ends the way to a release: what stands in the way, and when to look again though nothing changes. */
export class Obstacle extends Error {
  override readonly name = 'Obstacle';
  readonly finding: Finding;
  readonly lookAgainMs: number | undefined;

  constructor(reason: SummaryReason, message: string, { lookAgainMs }: { lookAgainMs?: number | undefined } = {}) {
    super(message);
    this.finding = { reason, message };
    this.lookAgainMs = lookAgainMs;
  }

  get reason(): SummaryReason {
    return this.finding.reason;
  }
}

/** What passes by itself is tried again soon; what a person must mend may be mended outside of what is watched. */
const retryMs = { soon: 15_000, later: 60_000 } as const;

/** What a condition can carry of an error; undefined for a fault of ours or of the API server. */
export function findingOf(error: unknown): Finding | undefined {
  if (isRefusal(error)) return { reason: 'RefusedByCluster', message: `The API server refuses to ${error.message}.` };
  if (!(error instanceof Error) || isKubeError(error)) return undefined;
  const { reason } = error as { reason?: unknown };
  if (typeof reason !== 'string' || reasonEntry(reason) === undefined) return undefined;
  const known = reason as Reason;
  return isSummaryReason(known) ? { reason: known, message: error.message } : undefined;
}

export function retryAfterMs({ reason }: Finding): number {
  return reasonEntry(reason)?.course === 'Stuck' ? retryMs.later : retryMs.soon;
}

/** What stands in the way, where the error says so. */
export function obstacleOf(error: unknown): Obstacle | undefined {
  if (error instanceof Obstacle) return error;
  const finding = findingOf(error);
  return finding && new Obstacle(finding.reason, finding.message, { lookAgainMs: retryAfterMs(finding) });
}

/** Runs what another module does; its refusals become obstacles. */
export async function orObstacle<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw obstacleOf(error) ?? error;
  }
}
