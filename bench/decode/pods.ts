/** Watch lines of pods as an API server writes them: about 6 KB, of which more than half is managedFields. */
export function podLines(count: number): Buffer[] {
  return Array.from({ length: count }, (_, i) => Buffer.from(`${JSON.stringify({ type: 'ADDED', object: pod(i) })}\n`));
}

function pod(i: number): object {
  return {
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: {
      name: `web-${i}`,
      namespace: `team-${i % 10}`,
      uid: `00000000-0000-0000-0000-${String(i).padStart(12, '0')}`,
      resourceVersion: String(100_000 + i),
      creationTimestamp: '2026-01-01T00:00:00Z',
      labels: { app: 'web', 'pod-template-hash': `hash${i}` },
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: 'owner', controller: true }],
      managedFields: ['kubectl', 'kube-controller-manager', 'kubelet'].map(managedBy),
    },
    spec: { nodeName: 'n1', containers: ['web', 'sidecar'].map(container), tolerations: [{ operator: 'Exists' }] },
    status: {
      phase: 'Running',
      podIP: '10.0.0.1',
      conditions: ['Ready', 'Initialized', 'PodScheduled'].map(condition),
    },
  };
}

function managedBy(manager: string): object {
  const fields = Object.fromEntries(Array.from({ length: 32 }, (_, i) => [`f:field${i}`, { '.': {}, 'f:value': {} }]));
  const fieldsV1 = { 'f:metadata': { 'f:labels': { '.': {}, 'f:app': {} } }, 'f:spec': fields };
  return {
    manager,
    operation: 'Update',
    apiVersion: 'v1',
    time: '2026-01-01T00:00:00Z',
    fieldsType: 'FieldsV1',
    fieldsV1,
  };
}

function container(name: string): object {
  const env = Array.from({ length: 12 }, (_, i) => ({ name: `SETTING_${i}`, value: `value number ${i}` }));
  const resources = { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '100m', memory: '128Mi' } };
  return { name, image: `registry.example.com/shop/${name}:v1`, env, resources, ports: [{ containerPort: 80 }] };
}

function condition(type: string): object {
  return { type, status: 'True', lastTransitionTime: '2026-01-01T00:00:00Z' };
}
