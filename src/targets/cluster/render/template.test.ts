import { describe, expect, it } from 'vitest';
import {
  aDeployment,
  aTemplate,
  type DeploymentParts,
  image,
} from '../../../../test/support/cluster-place/builders.ts';
import { renderTemplate } from './template.ts';

const appOf = (parts: DeploymentParts = {}, configuration: Parameters<typeof aTemplate>[1] = []) => {
  const [container] = aTemplate(parts, configuration).spec?.containers ?? [];
  return container;
};
const specOf = (parts: DeploymentParts = {}) => aTemplate(parts).spec;

it('renders the smallest manifest to a whole pod', () => {
  expect(aTemplate()).toEqual({
    metadata: {
      labels: {
        'app.kubernetes.io/managed-by': 'vish',
        'app.kubernetes.io/name': 'web',
        'vish.dev/deployment': 'web',
        'vish.dev/release': 'web-1',
      },
    },
    spec: {
      containers: [
        {
          name: 'app',
          image,
          ports: [{ name: 'app', containerPort: 8080 }],
          resources: { requests: { cpu: '100m', memory: '512Mi' }, limits: { memory: '512Mi' } },
          startupProbe: { tcpSocket: { port: 'app' }, timeoutSeconds: 2, periodSeconds: 1, failureThreshold: 60 },
          readinessProbe: { tcpSocket: { port: 'app' }, timeoutSeconds: 2, periodSeconds: 5, failureThreshold: 3 },
          lifecycle: { preStop: { sleep: { seconds: 5 } } },
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
          terminationMessagePolicy: 'FallbackToLogsOnError',
        },
      ],
      automountServiceAccountToken: false,
      topologySpreadConstraints: [
        {
          topologyKey: 'kubernetes.io/hostname',
          maxSkew: 1,
          whenUnsatisfiable: 'ScheduleAnyway',
          labelSelector: { matchLabels: { 'vish.dev/deployment': 'web', 'vish.dev/release': 'web-1' } },
        },
      ],
      terminationGracePeriodSeconds: 30,
      enableServiceLinks: false,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    },
  });
});

describe('health', () => {
  it.each([
    [{ path: '/healthz' }, { httpGet: { path: '/healthz', port: 'app' } }],
    [{ command: ['check'] }, { exec: { command: ['check'] } }],
    [{}, { tcpSocket: { port: 'app' } }],
  ])('%j asks %j', (health, question) => {
    expect(appOf({ workload: { health } })?.readinessProbe).toMatchObject(question);
    expect(appOf({ workload: { health } })?.startupProbe).toMatchObject(question);
  });
  it('takes its times, and restarts only where that was asked for', () => {
    const times = { intervalSeconds: 7, timeoutSeconds: 4, failures: 5, startupSeconds: 90 };
    const patient = appOf({ workload: { health: times } });
    const strict = appOf({ workload: { health: { ...times, restart: true } } });

    expect(patient?.readinessProbe).toMatchObject({ periodSeconds: 7, timeoutSeconds: 4, failureThreshold: 5 });
    expect(patient?.startupProbe).toMatchObject({ periodSeconds: 1, failureThreshold: 90 });
    expect(patient?.livenessProbe).toBeUndefined();
    expect(strict?.livenessProbe).toMatchObject({ periodSeconds: 7, failureThreshold: 10 });
  });
  it('asks a worker nothing, and tells it to stop at once', () => {
    const worker = appOf({ workload: { port: undefined, command: ['work'] } });

    expect(worker).toMatchObject({ command: ['work'] });
    expect(Object.keys(worker ?? {})).not.toContain('readinessProbe');
    expect(Object.keys(worker ?? {})).not.toContain('lifecycle');
    expect(Object.keys(worker ?? {})).not.toContain('ports');
  });
});

describe('configuration', () => {
  const copies = [
    { kind: 'ConfigMap' as const, source: 'shop', copy: 'shop-abc' },
    { kind: 'Secret' as const, source: 'shop', copy: 'shop-def' },
  ];

  it('comes from the copies that the release holds, by kind', () => {
    const env = [
      { name: 'PLAIN', value: 'x' },
      { name: 'EMPTY' },
      { name: 'A', valueFrom: { configMapKeyRef: { name: 'shop', key: 'a' } } },
      { name: 'B', valueFrom: { secretKeyRef: { name: 'shop', key: 'b' } } },
    ];

    expect(appOf({ workload: { env } }, copies)?.env).toEqual([
      { name: 'PLAIN', value: 'x' },
      { name: 'EMPTY', value: '' },
      { name: 'A', valueFrom: { configMapKeyRef: { name: 'shop-abc', key: 'a' } } },
      { name: 'B', valueFrom: { secretKeyRef: { name: 'shop-def', key: 'b' } } },
    ]);
  });
  it('comes from the source where it is not tracked', () => {
    const envFrom = [{ configMapRef: { name: 'shop', track: false } }, { prefix: 'S_', secretRef: { name: 'shop' } }];

    expect(appOf({ workload: { envFrom } }, copies)?.envFrom).toEqual([
      { configMapRef: { name: 'shop' } },
      { prefix: 'S_', secretRef: { name: 'shop-def' } },
    ]);
  });
  it('is mounted from the copies, too', () => {
    const volumes = [
      { name: 'a', mountPath: '/a', configMap: { name: 'shop' }, readOnly: true },
      { name: 'b', mountPath: '/b', secret: { name: 'shop' } },
      { name: 'c', mountPath: '/c', emptyDir: { sizeLimit: '1Gi' } },
      { name: 'd', mountPath: '/d', claim: { name: 'data' } },
    ];
    const template = aTemplate({ cluster: { volumes } }, copies);

    expect(template.spec?.volumes).toEqual([
      { name: 'a', configMap: { name: 'shop-abc' } },
      { name: 'b', secret: { secretName: 'shop-def' } },
      { name: 'c', emptyDir: { sizeLimit: '1Gi' } },
      { name: 'd', persistentVolumeClaim: { claimName: 'data' } },
    ]);
    expect(template.spec?.containers[0]?.volumeMounts).toEqual([
      { name: 'a', mountPath: '/a', readOnly: true },
      { name: 'b', mountPath: '/b' },
      { name: 'c', mountPath: '/c' },
      { name: 'd', mountPath: '/d' },
    ]);
  });
});

describe('settings of the cluster', () => {
  it('Baseline allows root and keeps the rest of the defaults of the runtime', () => {
    const spec = specOf({ cluster: { podSecurity: 'Baseline' } });

    expect(spec?.securityContext).toEqual({ seccompProfile: { type: 'RuntimeDefault' } });
    expect(spec?.containers[0]?.securityContext).toBeUndefined();
  });
  it('a ServiceAccount that was named keeps its token', () => {
    expect(specOf({ cluster: { serviceAccountName: 'web' } })).toMatchObject({ serviceAccountName: 'web' });
    expect(specOf({ cluster: { serviceAccountName: 'web' } })?.automountServiceAccountToken).toBeUndefined();
  });
  it('spreads over zones, or not at all', () => {
    expect(specOf({ cluster: { spread: 'Zone' } })?.topologySpreadConstraints).toMatchObject([
      { topologyKey: 'topology.kubernetes.io/zone' },
    ]);
    expect(specOf({ cluster: { spread: 'None' } })?.topologySpreadConstraints).toBeUndefined();
  });
  it('drains and ends in the times that were asked for', () => {
    const cluster = { drainSeconds: 20, terminationGracePeriodSeconds: 60 };

    expect(specOf({ cluster })).toMatchObject({
      terminationGracePeriodSeconds: 60,
      containers: [{ lifecycle: { preStop: { sleep: { seconds: 20 } } } }],
    });
    expect(appOf({ cluster: { drainSeconds: 0 } })?.lifecycle).toBeUndefined();
  });
  it('pulls with the Secrets that were named', () => {
    expect(specOf({ cluster: { imagePullSecrets: [{ name: 'pull' }] } })?.imagePullSecrets).toEqual([{ name: 'pull' }]);
  });
  it('lets the patch have the last word', () => {
    const podTemplatePatch = {
      metadata: { annotations: { 'example.com/scrape': 'true' } },
      spec: {
        nodeSelector: { pool: 'blue' },
        enableServiceLinks: null,
        containers: [
          { name: 'app', lifecycle: null },
          { name: 'proxy', image: 'proxy:1' },
        ],
      },
    };
    const template = aTemplate({ cluster: { podTemplatePatch } });

    expect(template.metadata?.annotations).toEqual({ 'example.com/scrape': 'true' });
    expect(template.spec).toMatchObject({ nodeSelector: { pool: 'blue' } });
    expect(template.spec?.enableServiceLinks).toBeUndefined();
    expect(template.spec?.containers.map(({ name, image }) => ({ name, image }))).toEqual([
      { name: 'app', image },
      { name: 'proxy', image: 'proxy:1' },
    ]);
    expect(template.spec?.containers[0]?.lifecycle).toBeUndefined();
  });
});

it('names the Project, service and environment of the pods', () => {
  const spec = { projectRef: { name: 'shop' }, service: 'web', environment: 'eu', source: { branch: 'main' } };

  expect(aTemplate({ spec }).metadata?.labels).toMatchObject({
    'vish.dev/project': 'shop',
    'vish.dev/service': 'web',
    'vish.dev/environment': 'eu',
  });
});

it('changes the template with a restart, and with nothing else that is not in the manifest', () => {
  const input = { deployment: aDeployment(), name: 'web-1', image, configuration: [] };
  const restarted = renderTemplate({ ...input, restartedAt: '2026-01-01T00:00:00Z' });

  expect(restarted.metadata?.annotations).toEqual({ 'vish.dev/restarted-at': '2026-01-01T00:00:00Z' });
  expect(renderTemplate(input)).toEqual(renderTemplate(input));
});

it("pulls with the Project's login unless the Deployment names Secrets of its own", () => {
  const named = (deployment: ReturnType<typeof aDeployment>) =>
    renderTemplate({ deployment, name: 'web-1', image, configuration: [], pullSecrets: ['pushed'] }).spec;

  expect(named(aDeployment())?.imagePullSecrets).toEqual([{ name: 'pushed' }]);
  const own = { cluster: { imagePullSecrets: [{ name: 'own' }] } };
  expect(named(aDeployment(own))?.imagePullSecrets).toEqual([{ name: 'own' }]);
});
