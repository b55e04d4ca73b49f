import { expect, it } from 'vitest';
import { objectPath } from './api.ts';

it.each([
  ['v1', 'Service', 'kube-system', '/api/v1/namespaces/kube-system/services/a'],
  ['v1', 'Namespace', undefined, '/api/v1/namespaces/a'],
  ['storage.k8s.io/v1', 'StorageClass', undefined, '/apis/storage.k8s.io/v1/storageclasses/a'],
  ['gateway.networking.k8s.io/v1', 'Gateway', 'g', '/apis/gateway.networking.k8s.io/v1/namespaces/g/gateways/a'],
  ['networking.k8s.io/v1', 'NetworkPolicy', 'g', '/apis/networking.k8s.io/v1/namespaces/g/networkpolicies/a'],
])('knows where %s %s lies', (apiVersion, kind, namespace, path) => {
  const metadata = namespace === undefined ? { name: 'a' } : { name: 'a', namespace };

  expect(objectPath({ apiVersion, kind, metadata })).toBe(path);
});
