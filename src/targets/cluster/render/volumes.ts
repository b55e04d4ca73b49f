import type { ClusterPlace } from '../../../crds/place/place.ts';
import type { PodTemplate } from '../../../objects/workloads.ts';
import type { Container } from './container.ts';
import type { CopyName } from './environment.ts';

type Volume = NonNullable<NonNullable<PodTemplate['spec']>['volumes']>[number];
type VolumeMount = NonNullable<Container['volumeMounts']>[number];
type Wanted = NonNullable<ClusterPlace['volumes']>[number];

export function volumesOf({ volumes = [] }: ClusterPlace, copyOf: CopyName): Volume[] {
  return volumes.map((volume) => ({ name: volume.name, ...content(volume, copyOf) }));
}

export function volumeMounts({ volumes = [] }: ClusterPlace): VolumeMount[] {
  return volumes.map(({ name, mountPath, readOnly }) => ({ name, mountPath, ...(readOnly ? { readOnly } : {}) }));
}

function content({ configMap, secret, emptyDir, claim }: Wanted, copyOf: CopyName): Omit<Volume, 'name'> {
  if (configMap !== undefined) return { configMap: { name: copyOf('ConfigMap', configMap) } };
  if (secret !== undefined) return { secret: { secretName: copyOf('Secret', secret) } };
  if (claim !== undefined) return { persistentVolumeClaim: { claimName: claim.name } };
  const { sizeLimit } = emptyDir ?? {};
  return { emptyDir: sizeLimit === undefined ? {} : { sizeLimit: `${sizeLimit}` } };
}
