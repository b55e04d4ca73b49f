import { inject } from 'vitest';
import type { Deployment } from '../../../src/crds/deployment/deployment.ts';
import { services } from '../../../src/objects/core.ts';
import { appsDeployments } from '../../../src/objects/workloads.ts';
import { appPort, serviceIn } from './addresses.ts';
import { untilHeard } from './followed.ts';
import type { Address } from './visitor.ts';
import type { World } from './world.ts';

const program = `
const server = require('node:http').createServer((_, response) => response.end('version ' + process.env.VERSION));
server.listen(${appPort});
process.once('SIGTERM', () => server.close());
`;
const command = ['node', '-e', program];
const resources = { requests: { cpu: '10m', memory: '64Mi' } };
/** The node image runs as root unless it is told otherwise. */
const asUser = { securityContext: { runAsUser: 1000 } };

function image(): string {
  return `${inject('node').registry}/library/node:24-slim`;
}

/** What a team has before it knows of us: a Deployment of apps/v1 with a Service in front. */
export async function startOldApp(world: World, name: string): Promise<Address> {
  const { namespace, api } = world;
  const labels = { app: name };
  const metadata = { namespace, name };
  const drains = { preStop: { sleep: { seconds: 5 } } };
  const container = {
    name: 'main',
    image: image(),
    command,
    env: [{ name: 'VERSION', value: 'old' }],
    ports: [{ containerPort: appPort }],
    readinessProbe: { httpGet: { path: '/', port: appPort }, periodSeconds: 1 },
    lifecycle: drains,
    resources,
  };
  const template = { metadata: { labels }, spec: { containers: [container], ...asUser } };
  await api.client.create(appsDeployments, {
    metadata,
    spec: { replicas: 2, selector: { matchLabels: labels }, template },
  });
  await api.client.create(services, { metadata, spec: { selector: labels, ports: [{ port: appPort }] } });
  await world.kubectl('rollout', 'status', `deployment.apps/${name}`, '--timeout=90s');
  const address = await serviceIn(world, name);
  // A node hears of the pods behind a Service a moment after they are ready.
  await untilHeard('version old', address);
  return address;
}

/** The Deployment of ours that takes it over, and rolls on to a version of its own. */
export function successorOf(old: string, { namespace, name }: { namespace: string; name: string }): Deployment {
  const says = (word: string) => ['node', '-e', `console.log('${word}')`];
  const spec = {
    source: { image: image() },
    workload: {
      command,
      env: [{ name: 'VERSION', value: 'new' }],
      port: appPort,
      cpu: '10m',
      memory: '64Mi',
      scale: { replicas: 2 },
      health: { path: '/', intervalSeconds: 1 },
    },
    target: { cluster: { adopt: { name: old }, podTemplatePatch: { spec: asUser } } },
    strategy: { type: 'Rolling', rolling: { checks: ['smoke'] } },
    checks: [{ name: 'smoke', job: { command: says('fine') }, count: 1, failureLimit: 0, timeoutSeconds: 60 }],
    hooks: { beforeRelease: { command: says('migrated') } },
    schedules: [{ name: 'nightly', cron: '0 3 * * *', command: says('tidied') }],
  };
  return { metadata: { namespace, name }, spec } as unknown as Deployment;
}
