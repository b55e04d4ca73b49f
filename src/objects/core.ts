import type { V1ConfigMap, V1PersistentVolumeClaim, V1Pod, V1Secret, V1Service } from '@kubernetes/client-node';
import { namespacedResource, type Wired } from './wire.ts';

export type Pod = Wired<V1Pod>;
export type Service = Wired<V1Service>;
export type ConfigMap = Wired<V1ConfigMap>;
export type Secret = Wired<V1Secret>;
export type PersistentVolumeClaim = Wired<V1PersistentVolumeClaim>;

export const pods = namespacedResource<Pod>('', 'v1', 'Pod', 'pods');
export const services = namespacedResource<Service>('', 'v1', 'Service', 'services');
export const configMaps = namespacedResource<ConfigMap>('', 'v1', 'ConfigMap', 'configmaps');
export const secrets = namespacedResource<Secret>('', 'v1', 'Secret', 'secrets');
export const persistentVolumeClaims = namespacedResource<PersistentVolumeClaim>(
  '',
  'v1',
  'PersistentVolumeClaim',
  'persistentvolumeclaims',
);
