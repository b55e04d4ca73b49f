import type { DeploymentStatus, ReleaseRecord } from '../../../crds/deployment/status.ts';

/** What starts an existing release again; undefined when it is what made it. */
export function causeOfWish(
  { pinned, actions = [] }: DeploymentStatus,
  wanted: { number: number; name: string } | undefined,
): ReleaseRecord['cause'] | undefined {
  if (wanted === undefined) return undefined;
  if (pinned?.release === wanted.number) return 'Rollback';
  const retry = actions.find(({ action, refused }) => action === 'Retry' && refused === undefined);
  return retry?.value === String(wanted.number) ? 'Retry' : undefined;
}
