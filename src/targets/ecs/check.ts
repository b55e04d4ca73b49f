import { TargetError } from '../target.ts';
import type { Sessions } from './account/sessions.ts';
import type { EcsPlace } from './place.ts';

export interface Checked {
  readonly accountId: string;
}

/** Whether the role can be assumed today and the cluster is there. Takes new keys: kept ones say nothing of today. */
export async function checkEcs(sessions: Sessions, place: EcsPlace, signal: AbortSignal): Promise<Checked> {
  const session = await sessions.open(place);
  const { cluster: name } = place.settings;
  const { clusters = [] } = await session.ask({ action: 'ecs:DescribeClusters', signal }, ({ ecs }, sent) =>
    ecs.describeClusters({ clusters: [name] }, sent),
  );
  if (clusters.every(({ clusterName, status }) => clusterName !== name || status !== 'ACTIVE')) {
    throw new TargetError(
      'TargetInvalid',
      `spec.ecs.cluster: there is no active cluster ${name} in ${place.settings.region}; create it, or make another Target with the right name.`,
    );
  }
  return { accountId: await session.accountId() };
}
