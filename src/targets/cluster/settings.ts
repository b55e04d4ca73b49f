import type { Deployment } from '../../crds/deployment/deployment.ts';
import type { ClusterPlace } from '../../crds/place/place.ts';

/** The CRD's defaults fill `cluster` when the user wrote none, so its absence means another place. */
export function settingsOf({ metadata, spec }: Deployment): ClusterPlace {
  const { cluster } = spec.target;
  if (cluster === undefined) throw new Error(`render ${metadata.name} for the cluster: its target is another place`);
  return cluster;
}
