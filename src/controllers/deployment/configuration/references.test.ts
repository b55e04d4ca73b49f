import { expect, it } from 'vitest';
import { deploymentSpec } from '../../../crds/deployment/spec.ts';
import { referencesOf } from './references.ts';

it('finds each ConfigMap and Secret once, with every key that must be there', () => {
  const spec = deploymentSpec.parse({
    source: { image: 'a.example.com/web:1' },
    workload: {
      env: [
        { name: 'A', valueFrom: { configMapKeyRef: { name: 'shared', key: 'b' } } },
        { name: 'B', valueFrom: { configMapKeyRef: { name: 'shared', key: 'a' } } },
        { name: 'C', valueFrom: { secretKeyRef: { name: 'shared', key: 'password' } } },
        { name: 'D', value: 'plain' },
      ],
      envFrom: [{ configMapRef: { name: 'loose', track: false } }, { configMapRef: { name: 'all', track: false } }],
    },
    target: { cluster: { volumes: [{ name: 'v', mountPath: '/v', configMap: { name: 'all' } }] } },
  });

  expect(referencesOf(spec)).toEqual([
    { kind: 'ConfigMap', name: 'all', track: true, keys: [] },
    { kind: 'ConfigMap', name: 'loose', track: false, keys: [] },
    { kind: 'ConfigMap', name: 'shared', track: true, keys: ['a', 'b'] },
    { kind: 'Secret', name: 'shared', track: true, keys: ['password'] },
  ]);
});
