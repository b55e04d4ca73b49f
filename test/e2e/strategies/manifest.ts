import { inject } from 'vitest';
import type { Deployment } from '../../../src/crds/deployment/deployment.ts';
import { appPort, routeTo } from '../world/addresses.ts';
import type { Column, Way } from './columns.ts';

/** What the spec of a Deployment says, as far as the rows of the table change it. */
export interface Wish {
  readonly version: string;
  /** What the registry does not have. Default: nothing. */
  readonly missing?: 'tag' | 'digest';
  /** What is wrong with it. Default: nothing. */
  readonly fault?: 'crashes' | 'hangs' | 'fits nowhere';
  readonly way: Way;
  /** A way of another strategy than that of the column. */
  readonly strategy?: object | undefined;
  readonly replicas: number;
  readonly progressDeadlineSeconds: number;
  /** What the check `gate` finds. */
  readonly check: 'good' | 'bad';
}

/** Nothing is built: every version is the same image with another command. */
const program = `
const { VERSION, GREETING, FAULT } = process.env;
if (FAULT === 'crashes') { console.error('no database'); process.exit(7); }
const server = require('node:http').createServer((request, response) => {
  response.end(request.url === '/healthz' ? 'ok' : VERSION + ' says ' + GREETING + '.');
});
if (FAULT === 'hangs') setInterval(() => {}, 1000); else server.listen(${appPort});
process.once('SIGTERM', () => (FAULT === 'hangs' ? process.exit() : server.close()));
`;

/** The node image runs as root unless it is told otherwise. */
const asUser = { securityContext: { runAsUser: 1000 } };

export function manifestOf(
  { namespace, name, column }: { namespace: string; name: string; column: Column },
  wish: Wish,
): Deployment {
  const { version, missing, fault = '', way, replicas, progressDeadlineSeconds } = wish;
  const { strategy = column.ways[way] } = wish;
  const env = Object.entries({ VERSION: version, FAULT: fault }).map(([variable, value]) => ({
    name: variable,
    value,
  }));
  const health = { path: '/healthz', intervalSeconds: 1 };
  const nowhere = fault === 'fits nowhere' ? { nodeSelector: { 'example.com/there-is': 'none' } } : {};
  const spec = {
    source: { image: imageOf(missing) },
    workload: {
      command: ['node', '-e', program],
      env,
      envFrom: [{ configMapRef: { name } }],
      port: appPort,
      cpu: '10m',
      memory: '128Mi',
      scale: { replicas },
      health,
    },
    target: {
      cluster: {
        ...(column.gateway ? { gateway: routeTo(name) } : {}),
        // Ten rollouts at once on two cores: the node's Services forget a replica later than in the usual five seconds.
        drainSeconds: 8,
        podTemplatePatch: { spec: { ...asUser, ...nowhere } },
      },
    },
    strategy: { ...strategy, progressDeadlineSeconds },
    checks: [gate(wish.check)],
  };
  return { metadata: { namespace, name }, spec } as unknown as Deployment;
}

function imageOf(missing: Wish['missing']): string {
  const image = `${inject('node').registry}/library/node`;
  if (missing === 'digest') return `${image}@sha256:${'0'.repeat(64)}`;
  return `${image}:${missing === 'tag' ? 'no-such-tag' : '24-slim'}`;
}

/** The operator may ask the registry, which has one of the two pages. */
function gate(check: Wish['check']): object {
  const url = `http://${inject('node').registry}/v2/${check === 'good' ? '' : 'no/such/page'}`;
  return { name: 'gate', http: { url }, intervalSeconds: 1, count: 1, failureLimit: 0 };
}
