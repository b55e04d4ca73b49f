import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Deployment } from '../../../src/crds/deployment/deployment.ts';
import { services } from '../../../src/objects/core.ts';
import type { Address, Habit, Visitor } from '../../e2e/world/visitor.ts';
import type { Connected } from '../../harness/connect.ts';
import { anApp } from './apps.ts';

/** An app that changes its release while people use it. */
export interface Visited {
  readonly strategy: 'Rolling' | 'BlueGreen' | 'Canary' | 'Recreate';
  /** What it does when it is told to stop: answers on until its grace period is over, or exits. */
  readonly stops: 'drains' | 'at once';
  /** Traffic by the weights of a route; otherwise by its Service alone. */
  readonly routed: boolean;
}

const program = readFileSync(join(import.meta.dirname, 'fixtures/app.cjs'), 'utf8');
const previous = { warmSeconds: 5 };
const strategies: Readonly<Record<Visited['strategy'], object>> = {
  Rolling: { type: 'Rolling' },
  BlueGreen: { type: 'BlueGreen', blueGreen: { previous } },
  Canary: { type: 'Canary', canary: { steps: [{ weight: 20 }, { weight: 50 }], previous } },
  Recreate: { type: 'Recreate' },
};
const graceSeconds = 15;
const drainSeconds = 5;
/** From SIGTERM until a pod is ended: what its WebSockets have left. */
export const lastMs = (graceSeconds - drainSeconds) * 1000;

export function nameOfVisited({ strategy, stops, routed }: Visited): string {
  return [strategy.toLowerCase(), stops === 'drains' ? 'drains' : 'exits', routed ? 'gateway' : 'service'].join('-');
}

export interface Place {
  readonly namespace: string;
  /** One with node in it. */
  readonly image: string;
  /** URL of the Gateway `gateway-system/public`. */
  readonly gateway: string;
}

export function visitedApp(visited: Visited, { namespace, image }: Place): Deployment {
  const name = nameOfVisited(visited);
  const gateway = { parentRefs: [{ name: 'public', namespace: 'gateway-system' }], hostnames: [hostOf(name)] };
  const podTemplatePatch = { spec: { securityContext: { runAsUser: 1000 } } };
  return anApp({
    namespace,
    name,
    image,
    replicas: 2,
    strategy: strategies[visited.strategy],
    cluster: {
      terminationGracePeriodSeconds: graceSeconds,
      drainSeconds,
      podTemplatePatch,
      ...(visited.routed && { gateway }),
    },
    workload: {
      env: visitedEnvironment(visited, 0),
      // As the first process it hears SIGTERM itself.
      command: ['node', '--eval', 'eval(process.env.PROGRAM)'],
      cpu: '1m',
      memory: '128Mi',
      health: { path: '/healthz', intervalSeconds: 1 },
    },
  });
}

/** Another version is another release. */
export function visitedEnvironment({ stops }: Visited, version: number) {
  const variables = { PROGRAM: program, STOPS: stops, VERSION: String(version) };
  return Object.entries(variables).map(([name, value]) => ({ name, value }));
}

export interface Ways {
  readonly gateway: readonly Visitor[];
  readonly service: readonly Visitor[];
  readonly sockets: readonly Address[];
}

/**
 * Who may come to it without ever being turned away. A kept connection to a Service leads to one pod for as long as it
 * lasts: where the app exits at once nobody can announce its end, so nobody keeps one there.
 */
export async function waysTo(visited: Visited, { client }: Connected, { namespace, gateway }: Place): Promise<Ways> {
  const name = nameOfVisited(visited);
  const { spec } = await client.get(services, { namespace, name });
  // The host tells nobody the way there; it is what a complaint is known by.
  const service = { url: `http://${spec?.clusterIP}:8080`, host: name };
  const routed = { url: gateway, host: hostOf(name) };
  const drains = visited.stops === 'drains';
  const at = (address: Address, habits: readonly Habit[]) => habits.map((habit) => ({ ...address, habit }));
  return {
    gateway: visited.routed ? at(routed, ['keeps', 'new', 'slow']) : [],
    service: at(service, drains ? ['keeps', 'new', 'slow'] : ['new', 'slow']),
    sockets: drains ? [service, ...(visited.routed ? [routed] : [])] : [],
  };
}

function hostOf(name: string): string {
  return `${name}.localhost`;
}
