import type { Stored } from '../../src/kube/client/client.ts';
import type { KubeObject, ObjectMeta } from '../../src/kube/object/object.ts';
import type { Resource } from '../../src/kube/object/resource.ts';
import type { ConfigMap } from './resources.ts';

export interface Condition {
  type: string;
  status: string;
  reason: string;
  message: string;
  observedGeneration?: number;
  lastTransitionTime: string;
}

export interface Widget extends KubeObject {
  spec?: { size?: number };
  status?: { ready?: number; phase?: string; conditions?: Condition[] };
}

export const widgets: Resource<Widget> = {
  group: 'example.dev',
  version: 'v1',
  kind: 'Widget',
  plural: 'widgets',
  namespaced: true,
};

export function aConfigMap(data: Record<string, string> = { color: 'blue' }, meta: ObjectMeta = {}): ConfigMap {
  return { metadata: { namespace: 'shop', name: 'settings', ...meta }, data };
}

export function aWidget(meta: ObjectMeta = {}, status?: Widget['status']): Stored<Widget> {
  const metadata = { namespace: 'shop', name: 'web', uid: 'uid-web', resourceVersion: '1', generation: 3, ...meta };
  return { apiVersion: 'example.dev/v1', kind: 'Widget', metadata, ...(status === undefined ? {} : { status }) };
}
