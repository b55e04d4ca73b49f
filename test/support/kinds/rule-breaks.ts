import type { Kind } from '../../../src/crds/kind/kind.ts';
import { apiVersion } from '../../../src/crds/kind/kind.ts';

/** Values that break one rule each, by the rule's message: what stands at the place of the rule. */
export const breaks: Readonly<Record<string, unknown>> = {
  'set value or valueFrom, not both': { name: 'A', value: 'b', valueFrom: { secretKeyRef: { name: 'a', key: 'b' } } },
  'set path or command, not both': { path: '/', command: ['true'] },
  'failureLimit must be below count, or the check can never fail': {
    name: 'a',
    http: { path: '/' },
    count: 2,
    failureLimit: 2,
  },
  'maxSurge and maxUnavailable must not both be 0, or no replica can ever be replaced': {
    maxSurge: '0%',
    maxUnavailable: 0,
  },
  'set replicas with warm: Fixed, and only then': { warm: 'Fixed' },
  'approvalDeadlineSeconds needs promotion: Manual': { approvalDeadlineSeconds: 60 },
  'rolling needs type: Rolling; set the type or remove rolling': { type: 'Recreate', rolling: {} },
  'blueGreen needs type: BlueGreen; set the type or remove blueGreen': { blueGreen: {} },
  'canary needs type: Canary; set the type or remove canary': { canary: { steps: [{ weight: 1 }] } },
  'type: Canary needs canary.steps, such as canary: {steps: [{weight: 10}, {pauseSeconds: 60}]}': { type: 'Canary' },
  'progressDeadlineSeconds must be greater than minReadySeconds': { minReadySeconds: 10, progressDeadlineSeconds: 10 },
  'hostnames, kind and sessionCookie belong to a route that the operator makes; set them in your own route instead': {
    routeRefs: [{ name: 'a' }],
    hostnames: ['a.example.com'],
  },
  'terminationGracePeriodSeconds must be greater than drainSeconds, which is part of it': { drainSeconds: 30 },
  'set exactly one of branch, tag and commit, or managedBy: External': { name: 'a', branch: 'main', tag: 'v1' },
  'with managedBy: External the Deployments say what runs; remove branch, tag, commit and overrides': {
    name: 'a',
    managedBy: 'External',
    branch: 'main',
  },
  'with services, write path, build and workload inside the entry of the service': project({
    path: 'a',
    services: [{ name: 'a' }],
  }),
  'untrustedCredentialsRef names another Secret than credentialsRef, with a login for untrusted images alone': {
    repository: 'registry.example.com/a',
    credentialsRef: { name: 'a' },
    untrustedCredentialsRef: { name: 'a' },
  },
  'branch, tag and commit are of the repository of a Project: set projectRef, or use source.image': {
    source: { branch: 'main' },
  },
  'set projectRef and environment together, or neither': image({ projectRef: { name: 'a' } }),
  'service is a service of a Project: set projectRef as well, or remove service': image({ service: 'a' }),
  'BlueGreen and Canary move traffic: set workload.port, or use type: Rolling or Recreate for a worker': image({
    strategy: { type: 'BlueGreen' },
  }),
  'a gateway sends traffic to workload.port: set it, or remove target.cluster.gateway': image({
    target: { cluster: { gateway: { parentRefs: [{ name: 'a' }] } } },
  }),
  'without workload.port nothing can be asked over the network: set the port, or health.command': image({
    workload: { health: { path: '/' } },
  }),
  'headers and mirrorPercent need a gateway: set target.cluster.gateway, or use steps of weight': image({
    workload: { port: 80 },
    strategy: { type: 'Canary', canary: { steps: [{ mirrorPercent: 10 }] } },
  }),
};

/** Whole objects for the rules at the root. */
export const wholeBreaks: Readonly<Record<string, object>> = {
  "metadata.name must be at most 50 lower case letters, digits and '-', starting with a letter, as Services are named after it":
    whole('Deployment', '1a', image({})),
  "overrides[].service must be a name in services, or the Project's own name when there are no services": whole(
    'Project',
    'shop',
    project({ environments: [{ name: 'a', branch: 'main', overrides: [{ service: 'other' }] }] }),
  ),
};

export interface Change {
  kind: Kind['kind'];
  before: object;
  after: object;
  /** Subresource that the change goes to. */
  status?: boolean;
}

const commit = (digit: string) => ({ projectRef: { name: 'a' }, commit: digit.repeat(40) });
const ecs = {
  region: 'eu-central-1',
  cluster: 'a',
  roleArn: 'arn:aws:iam::123456789012:role/a',
  executionRoleArn: 'arn:aws:iam::123456789012:role/a',
  subnets: ['subnet-01234567'],
};

/** Changes that break the rules over an old and a new value. */
export const changes: Readonly<Record<string, Change>> = {
  'a Build is fixed once it is made; make another one with the wanted spec': {
    kind: 'Build',
    before: { spec: commit('0') },
    after: { spec: commit('1') },
  },
  'status.trust is set once by the operator; make another Build to have it decided again': {
    kind: 'Build',
    before: { spec: commit('0'), status: { trust: 'Untrusted' } },
    after: { status: { trust: 'Trusted' } },
    status: true,
  },
  'a PreviewDeployment belongs to one pull request; make another one instead': {
    kind: 'PreviewDeployment',
    before: { spec: { projectRef: { name: 'a' }, pullRequest: 1 } },
    after: { spec: { pullRequest: 2 } },
  },
  'target is fixed; make another Deployment for the new place and delete this one when that is ready': {
    kind: 'Deployment',
    before: { spec: image({}) },
    after: { spec: { target: { cluster: null, ref: { name: 'a' } } } },
  },
  'region and cluster are fixed, as services there would be lost; make another Target for the new place': {
    kind: 'Target',
    before: { spec: { ecs } },
    after: { spec: { ecs: { region: 'eu-west-1' } } },
  },
  'the account of roleArn and repositoryPrefix are fixed, as what is there would be lost; make another Target for the new ones':
    {
      kind: 'Target',
      before: { spec: { ecs } },
      after: { spec: { ecs: { roleArn: 'arn:aws:iam::210987654321:role/vish' } } },
    },
};

function image(spec: object): object {
  return { source: { image: 'a' }, ...spec };
}

function project(spec: object): object {
  return { source: { git: { url: 'https://a.example.com/b.git' } }, image: { repository: 'a.example.com/b' }, ...spec };
}

function whole(kind: string, name: string, spec: object): object {
  return { apiVersion, kind, metadata: { name }, spec };
}
