import { stringify } from 'yaml';
import { gatewayName, gatewayNamespace } from '../bare/node/gateway.ts';
import { versions } from '../versions.ts';
import { gatewayNodePort, images } from './names.ts';

/** Namespace and Gateway are named as in the bare cluster, so that the same routes work on both. */
const namespace = gatewayNamespace;
const name = 'traefik';
const role = 'vish-traefik';
const labels = { app: name };

/** Definitions of the version that the data plane is built with; newer ones forbid going back. */
export const gatewayApiDefinitions = `https://github.com/kubernetes-sigs/gateway-api/releases/download/${versions.gatewayApi}/standard-install.yaml`;

export const dataPlane = { namespace, name } as const;

/** Traefik's default throttle of 2 s between changes would make every traffic step late. */
const args = [
  '--entrypoints.web.address=:80',
  '--ping=true',
  '--providers.kubernetesgateway=true',
  '--providers.kubernetesgateway.statusaddress.ip=127.0.0.1',
  '--global.checknewversion=false',
  '--global.sendanonymoususage=false',
  '--providers.providersThrottleDuration=100ms',
];

const reads = ['get', 'list', 'watch'];
const rules = [
  { apiGroups: [''], resources: ['namespaces', 'services', 'secrets', 'configmaps', 'nodes'], verbs: reads },
  { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: reads },
  { apiGroups: ['gateway.networking.k8s.io'], resources: ['*'], verbs: reads },
  {
    apiGroups: ['gateway.networking.k8s.io'],
    resources: ['gatewayclasses/status', 'gateways/status', 'httproutes/status', 'grpcroutes/status'],
    verbs: ['update', 'patch'],
  },
];

const container = {
  name,
  image: images.traefik,
  args,
  ports: [
    { name: 'web', containerPort: 80 },
    { name: 'ping', containerPort: 8080 },
  ],
  readinessProbe: { httpGet: { path: '/ping', port: 'ping' }, periodSeconds: 2 },
  securityContext: { runAsUser: 0, capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] } },
};

const rbac = 'rbac.authorization.k8s.io';

function objects(): object[] {
  const metadata = { name, namespace, labels };
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
    { apiVersion: `${rbac}/v1`, kind: 'ClusterRole', metadata: { name: role }, rules },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name: role },
      roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: role },
      subjects: [{ kind: 'ServiceAccount', name, namespace }],
    },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata,
      spec: {
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { serviceAccountName: name, containers: [container] } },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: {
        type: 'NodePort',
        selector: labels,
        ports: [{ name: 'web', port: 80, targetPort: 'web', nodePort: gatewayNodePort }],
      },
    },
    {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'GatewayClass',
      metadata: { name },
      spec: { controllerName: 'traefik.io/gateway-controller' },
    },
    {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'Gateway',
      metadata: { name: gatewayName, namespace },
      spec: {
        gatewayClassName: name,
        // Traefik finds its entry point by the listener's port: both must be the same number.
        listeners: [{ name: 'http', protocol: 'HTTP', port: 80, allowedRoutes: { namespaces: { from: 'All' } } }],
      },
    },
  ];
}

/** The manifests to apply once the definitions are there. */
export function dataPlaneManifests(): string {
  return objects()
    .map((object) => stringify(object))
    .join('---\n');
}
