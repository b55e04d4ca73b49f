import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPlace, type Place } from '../../../test/support/cluster-place/place.ts';
import { type ClusterRigOptions, isGone, makeClusterRig } from '../../../test/support/cluster-place/rig.ts';
import { namespaces } from '../../../test/support/resources.ts';
import { until } from '../../../test/support/until.ts';
import { strategy } from '../../crds/strategy/strategy.ts';
import type { KubeObject, Resource } from '../../kube/index.ts';
import { pods, services } from '../../objects/core.ts';
import { grpcRoutes, httpRoutes } from '../../objects/routes.ts';
import { namespacedResource } from '../../objects/wire.ts';
import { type PodTemplate, podDisruptionBudgets, replicaSets } from '../../objects/workloads.ts';
import { Drive, intentFor } from '../contract/drive.ts';

let opened: Place | undefined;

beforeAll(async () => {
  opened = await openPlace(`test-api-${process.pid}`);
});

afterAll(() => opened?.close());

async function start(options: ClusterRigOptions = {}) {
  if (opened === undefined) throw new Error('the place did not open');
  const rig = await makeClusterRig(opened, options);
  const read = (resource: Resource, name = 'web') => rig.client.get(resource, { namespace: rig.namespace, name });
  return { rig, drive: new Drive(rig), read, place: opened };
}

/** What `prepare` throws. */
async function refusal(options: ClusterRigOptions): Promise<unknown> {
  const { rig, drive } = await start(options);
  return drive.prepare(intentFor(await rig.makeRelease(1))).then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe('the strict dry run', () => {
  it.each<[string, ClusterRigOptions]>([
    ['the defaults', {}],
    ['a worker with a command for its health', { workload: { port: undefined, health: { command: ['true'] } } }],
    ['every sort of volume', { cluster: { volumes: volumesOfEverySort() } as never }],
    [
      'Baseline, zones and an account',
      { cluster: { podSecurity: 'Baseline', spread: 'Zone', serviceAccountName: 'web' } },
    ],
    ['restarts and paths', { workload: { health: { path: '/healthz', restart: true, startupSeconds: 10 } } }],
    [
      'a patch that adds a container',
      { cluster: { podTemplatePatch: { spec: { containers: [{ name: 'proxy', image: 'proxy:1' }] } } } },
    ],
  ])('accepts %s', async (_, options) => {
    expect(await refusal(options)).toBeUndefined();
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['a field that does not exist', { spec: { nodeSelektor: {} } }, 'nodeSelektor'],
    ['a value that is not valid', { spec: { restartPolicy: 'Sometimes' } }, 'spec.template.spec.restartPolicy'],
    ['labels that leave the selector', { metadata: { labels: { 'vish.dev/release': 'other' } } }, 'selector'],
    [
      'a volume that is nowhere',
      { spec: { containers: [{ name: 'app', volumeMounts: [{ name: 'x', mountPath: '/x' }] }] } },
      'volumeMounts',
    ],
  ])('refuses %s with the words of the server, and nothing is made', async (_, podTemplatePatch, word) => {
    const error = await refusal({ cluster: { podTemplatePatch } });

    expect(error).toMatchObject({ name: 'TargetError', reason: 'InvalidTemplate' });
    expect((error as Error).message).toContain(word);
  });

  it.each(['restricted', 'baseline'] as const)('accepts pods where Pod Security enforces %s', async (level) => {
    const podSecurity = level === 'restricted' ? 'Restricted' : 'Baseline';
    const { rig } = await start({ cluster: { podSecurity } });
    const labels = { 'pod-security.kubernetes.io/enforce': level };
    await rig.client.patch(namespaces, { name: rig.namespace }, { metadata: { labels } }, { type: 'merge' });
    const { template } = (await rig.makeRelease(1)).rendered as { template: PodTemplate };
    const pod = { metadata: { ...template.metadata, namespace: rig.namespace, name: 'trial' }, spec: template.spec };

    const accepted = rig.client.create<KubeObject>(pods, pod, { dryRun: true });

    await expect(accepted).resolves.toMatchObject({ metadata: { name: 'trial' } });
  });

  it('is made once per release, and not for one that runs', async () => {
    const { rig, drive } = await start();
    const intent = intentFor(await rig.makeRelease(1));
    await drive.prepare(intent);
    await drive.prepare(intent);
    await drive.to(intent);
    const requests = rig.requests.length;

    await new Drive(rig).prepare(intent);

    expect(rig.requests.filter((request) => request === 'create replicasets')).toHaveLength(2);
    expect(rig.requests).toHaveLength(requests);
  });
});

describe('requests', () => {
  /** Whether the cluster has routes: asked once by a process, not by a Deployment. The first request is the dry run. */
  const routesOnce = ['list httproutes', 'list grpcroutes'];

  it('make a Deployment of one replica with three, and two more update it', async () => {
    const { rig, drive } = await start();
    const [first, second] = [await rig.makeRelease(1), await rig.makeRelease(2)];

    await drive.to(intentFor(first, { replicas: 1 }));
    const made = rig.requests.splice(0);
    await drive.to(intentFor(second, { from: first, replicas: 1 }));

    expect(made).toEqual(['create replicasets', ...routesOnce, 'apply services', 'create replicasets']);
    expect(rig.requests).toEqual(['create replicasets', 'create replicasets', 'patch replicasets']);
  });
  it('make three replicas with four, and update them one by one with one for each size', async () => {
    const { rig, drive } = await start();
    const [first, second] = [await rig.makeRelease(1), await rig.makeRelease(2)];

    await drive.to(intentFor(first, { replicas: 3 }));
    const made = rig.requests.splice(0);
    await drive.to(intentFor(second, { from: first, replicas: 3 }));

    expect(made).toEqual([
      'create replicasets',
      ...routesOnce,
      'apply services',
      'apply poddisruptionbudgets',
      'create replicasets',
    ]);
    expect(rig.requests).toEqual(['create replicasets', 'create replicasets', ...Array(5).fill('patch replicasets')]);
  });
  it('are none for what is as it should be', async () => {
    const { rig, drive } = await start();
    const intent = intentFor(await rig.makeRelease(1), { replicas: 3 });
    await drive.to(intent);
    rig.requests.splice(0);

    await drive.to(intent);

    expect(rig.requests).toEqual([]);
  });
});

describe('beside the replicas', () => {
  const parentRefs = [{ name: 'public', namespace: 'gateways' }];

  it.each([
    ['HTTPRoute', httpRoutes],
    ['GRPCRoute', grpcRoutes],
  ] as const)('a route of kind %s leads to the Service, and is not applied twice', async (kind, resource) => {
    const gateway = { parentRefs, hostnames: ['web.example.com'], kind };
    const { rig, drive, read } = await start({ cluster: { gateway } });
    const intent = intentFor(await rig.makeRelease(1), { replicas: 1 });

    const { url } = await drive.to(intent);
    await drive.to(intent);

    const apply = `apply ${resource.plural}`;
    expect(rig.requests.filter((request) => request === apply)).toHaveLength(1);
    expect(url).toBe('http://web.example.com');
    expect(await read(resource)).toMatchObject({
      spec: {
        parentRefs: [parentRefs[0]],
        hostnames: ['web.example.com'],
        rules: [{ backendRefs: [{ name: 'web', port: 8080 }] }],
      },
    });
  });
  it('a route that is not wanted any more goes, also when another process made it', async () => {
    const { rig, drive, read } = await start({ cluster: { gateway: { parentRefs } } });
    const release = await rig.makeRelease(1);
    await drive.to(intentFor(release, { replicas: 1 }));
    const made = await read(httpRoutes);

    rig.changeCluster({ gateway: undefined });
    const later = new Drive(rig);
    await until(async () => {
      await later.advance(intentFor(release, { replicas: 1 }));
      return isGone(read(httpRoutes));
    });

    expect(made.metadata.name).toBe('web');
  });
  it('a foreign route of the name is refused and kept', async () => {
    const { rig, drive, read } = await start({ cluster: { gateway: { parentRefs } } });
    const theirs = { parentRefs: [{ name: 'theirs' }], rules: [{ backendRefs: [{ name: 'theirs', port: 1 }] }] };
    await rig.client.create(httpRoutes, { metadata: { namespace: rig.namespace, name: 'web' }, spec: theirs });
    const intent = intentFor(await rig.makeRelease(1));

    await until(async () => {
      const error = await drive.advance(intent).catch((thrown: unknown) => thrown);
      return (error as { reason?: string }).reason === 'ForeignOwner';
    });

    expect(await read(httpRoutes)).toMatchObject({ spec: { parentRefs: [{ name: 'theirs' }] } });
  });
  it('a budget comes with the second replica and goes with it', async () => {
    const { rig, drive, read } = await start();
    const release = await rig.makeRelease(1);

    await drive.to(intentFor(release, { replicas: 2 }));
    const budget = await read(podDisruptionBudgets);
    await drive.to(intentFor(release, { replicas: 1 }));

    expect(budget).toMatchObject({ spec: { maxUnavailable: 1 } });
    await expect(read(podDisruptionBudgets)).rejects.toMatchObject({ code: 'NotFound' });
  });
  it('a change by somebody else of the Service is taken back', async () => {
    const { rig, drive, read } = await start();
    const intent = intentFor(await rig.makeRelease(1), { replicas: 1 });
    await drive.to(intent);
    const wrong = { spec: { selector: { 'vish.dev/deployment': 'other' } } };
    await rig.client.patch(services, { namespace: rig.namespace, name: 'web' }, wrong, { type: 'merge' });
    await rig.settle();

    await drive.to(intent);

    expect(await read(services)).toMatchObject({ spec: { selector: { 'vish.dev/deployment': 'web' } } });
  });
});

describe('somebody else’s ReplicaSet of the release’s name', () => {
  it('is refused and left as it is', async () => {
    const { rig, drive, read } = await start();
    const labels = { app: 'theirs' };
    const template = { metadata: { labels }, spec: { containers: [{ name: 'theirs', image: 'theirs' }] } };
    const spec = { replicas: 0, selector: { matchLabels: labels }, template };
    await rig.client.create(replicaSets, { metadata: { namespace: rig.namespace, name: 'web-1' }, spec });
    await until(async () => (await read(replicaSets, 'web-1')).metadata.generation === 1);

    const error: unknown = await drive.advance(intentFor(await rig.makeRelease(1))).catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({ name: 'TargetError', reason: 'ForeignOwner' });
    expect(await read(replicaSets, 'web-1')).toMatchObject({
      spec: { replicas: 0, selector: { matchLabels: labels } },
    });
    expect((await read(replicaSets, 'web-1')).metadata.ownerReferences).toBeUndefined();
  });
});

describe('replicas', () => {
  it('come back when their ReplicaSet was deleted by hand', async () => {
    const { rig, drive } = await start();
    const intent = intentFor(await rig.makeRelease(1));
    await drive.to(intent);
    await rig.client.delete(replicaSets, { namespace: rig.namespace, name: 'web-1' });
    await until(async () => (await rig.client.list(pods, { namespace: rig.namespace })).items.length === 0);
    await rig.settle();

    expect(await drive.observe(intent)).toMatchObject({ outcome: 'Running', available: false });
    expect(await drive.to(intent)).toMatchObject({ outcome: 'Succeeded' });
  });
  it('are found again when somebody took the labels of their ReplicaSet', async () => {
    const { rig, drive } = await start();
    const intent = intentFor(await rig.makeRelease(1));
    await drive.to(intent);
    const none = { metadata: { labels: { 'vish.dev/deployment': null } } };
    await rig.client.patch(replicaSets, { namespace: rig.namespace, name: 'web-1' }, none, { type: 'merge' });
    await until(async () => (await drive.observe(intent)).outcome === 'Running');

    await drive.advance(intent);
    await rig.settle();

    expect(await drive.observe(intent)).toMatchObject({ outcome: 'Succeeded' });
  });
  it('of two releases never run together with Recreate', async () => {
    const { rig, drive } = await start();
    const [first, second] = [await rig.makeRelease(1), await rig.makeRelease(2)];
    const recreate = strategy.parse({ type: 'Recreate' });
    await drive.to(intentFor(first, { strategy: recreate }));
    const intent = intentFor(second, { from: first, strategy: recreate });

    await drive.prepare(intent);
    await drive.advance(intent);
    await rig.settle();
    const between = (await rig.inventory()).running;
    const end = await drive.to(intent);

    expect(between).toEqual({});
    expect(end).toMatchObject({ outcome: 'Succeeded' });
    expect((await rig.inventory()).running).toEqual({ 2: 2 });
  });
  it('are available only after minReadySeconds, which may be changed in between', async () => {
    const { rig, drive } = await start();
    const release = await rig.makeRelease(1);
    const [slow, quick] = [strategy.parse({ minReadySeconds: 300 }), strategy.parse({})];

    const ready = await drive.towards(intentFor(release, { replicas: 1, strategy: slow }), 1);
    const end = await drive.to(intentFor(release, { replicas: 1, strategy: quick }));

    expect(ready).toMatchObject({ outcome: 'Running', sides: [{ release: 1, replicas: 1, ready: 1, available: 0 }] });
    expect(end).toMatchObject({ outcome: 'Succeeded' });
  });
  it('that no quota allows are reported with its words', async () => {
    const { rig, drive } = await start();
    const quotas = namespacedResource<{ metadata: object; spec: object }>('', 'v1', 'ResourceQuota', 'resourcequotas');
    await rig.client.create(quotas, {
      metadata: { namespace: rig.namespace, name: 'none' },
      spec: { hard: { pods: '0' } },
    });
    const intent = intentFor(await rig.makeRelease(1));
    await drive.prepare(intent);
    await until(async () => {
      await drive.advance(intent);
      return (await drive.observe(intent)).reason !== undefined;
    });

    const { outcome, reason, message } = await drive.observe(intent);

    expect({ outcome, reason }).toEqual({ outcome: 'Running', reason: 'QuotaExceeded' });
    expect(message).toContain('exceeded quota: none');
    expect(message).not.toContain('web-1-');
  });
  it('that fit on no node are reported with the words of the scheduler', async () => {
    const { rig, drive } = await start({ workload: { cpu: '9999' } });
    const intent = intentFor(await rig.makeRelease(1));
    await drive.prepare(intent);
    await drive.advance(intent);
    await until(async () => (await drive.observe(intent)).reason !== undefined);

    expect(await drive.observe(intent)).toMatchObject({
      outcome: 'Running',
      reason: 'Unschedulable',
      available: false,
    });
  });
});

it('leads a worker nowhere', async () => {
  const { rig, drive, read } = await start({ workload: { port: undefined } });

  const seen = await drive.to(intentFor(await rig.makeRelease(1), { replicas: 1 }));

  expect(seen.url).toBeUndefined();
  expect(seen.selector).toBe('vish.dev/deployment=web');
  await expect(read(services)).rejects.toMatchObject({ code: 'NotFound' });
});

function volumesOfEverySort() {
  return [
    { name: 'a', mountPath: '/a', configMap: { name: 'shop' }, readOnly: true },
    { name: 'b', mountPath: '/b', secret: { name: 'shop' } },
    { name: 'c', mountPath: '/c', emptyDir: { sizeLimit: '1Gi' } },
    { name: 'd', mountPath: '/d', claim: { name: 'data' } },
  ];
}
