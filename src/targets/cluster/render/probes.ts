import type { Workload } from '../../../crds/workload/workload.ts';
import type { Container } from './container.ts';

type Health = NonNullable<Workload['health']>;
type Probe = NonNullable<Container['readinessProbe']>;

/** The container's port by name: two releases may listen on different numbers while both serve. */
export const portName = 'app';

/** A restart is harder than getting no traffic, so it takes more wrong answers. */
const restartFactor = 2;

/**
 * Ready and started ask the same question. A fresh replica is asked every second: a longer interval would add itself to
 * every replica's start.
 */
export function probes({ port, health = {} }: Pick<Workload, 'port' | 'health'>): Partial<Container> {
  const question = questionOf(port, health);
  if (question === undefined) return {};
  // The defaults that the reference documentation of `workload.health` promises.
  const { intervalSeconds = 5, timeoutSeconds = 2, failures = 3, startupSeconds = 60, restart = false } = health;
  const steady = { ...question, timeoutSeconds, periodSeconds: intervalSeconds };
  return {
    startupProbe: { ...question, timeoutSeconds, periodSeconds: 1, failureThreshold: startupSeconds },
    readinessProbe: { ...steady, failureThreshold: failures },
    ...(restart ? { livenessProbe: { ...steady, failureThreshold: failures * restartFactor } } : {}),
  };
}

function questionOf(port: number | undefined, { path, command }: Health): Probe | undefined {
  if (command !== undefined) return { exec: { command } };
  if (port === undefined) return undefined;
  return path === undefined ? { tcpSocket: { port: portName } } : { httpGet: { path, port: portName } };
}
