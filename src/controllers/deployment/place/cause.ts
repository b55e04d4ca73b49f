import type { DeploymentStatus, ReleaseRecord } from '../../../crds/deployment/status.ts';

/** What starts an existing release again; undefined when it is what made it. */
export function causeOfWish(
  { pinned, actions = [], history = [] }: DeploymentStatus,
  wanted: { number: number; name: string } | undefined,
): ReleaseRecord['cause'] | undefined {
  if (wanted === undefined) return undefined;
  if (pinned?.release === wanted.number) return 'Rollback';
  const retry = actions.find(({ action, refused }) => action === 'Retry' && refused === undefined);
  if (retry?.value !== String(wanted.number)) return undefined;
  // Done already: who is wanted again later, such as by a revert, is no emergency.
  const began = history.find(({ number }) => number === wanted.number)?.startedAt ?? '';
  return began > retry.recordedAt ? undefined : 'Retry';
}
