import { expect, it } from 'vitest';
import type { Stored } from '../../kube/index.ts';
import type { Pod } from '../../objects/core.ts';
import { trimPod } from './pods.ts';

it('keeps of a pod what finds, diagnoses and reaches it, and else nothing of its specification', () => {
  const labels = { 'vish.dev/deployment': 'web' };
  const state = { waiting: { reason: 'ErrImagePull' } };
  const container = { name: 'app', ready: false, started: false, restartCount: 1, state };
  const pod: Stored<Pod> = {
    metadata: {
      name: 'web-1-x',
      namespace: 'shop',
      uid: 'u',
      resourceVersion: '1',
      labels,
      annotations: { large: 'x' },
      generateName: 'web-1-',
    },
    spec: { hostNetwork: true, containers: [{ name: 'app', env: [{ name: 'A', value: 'b' }] }] },
    status: {
      phase: 'Pending',
      podIP: '10.0.0.1',
      containerStatuses: [{ ...container, image: 'i', imageID: 'sha256:1' }],
    },
  };

  expect(trimPod(pod)).toEqual({
    metadata: { name: 'web-1-x', namespace: 'shop', uid: 'u', resourceVersion: '1', labels },
    spec: { hostNetwork: true },
    status: { phase: 'Pending', podIP: '10.0.0.1', containerStatuses: [container] },
  });
});
