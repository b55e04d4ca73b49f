import type { Workload } from '../../../crds/workload/workload.ts';
import { TargetError } from '../../target.ts';

export interface HealthCheck {
  readonly command: string[];
  readonly interval: number;
  readonly timeout: number;
  readonly retries: number;
  readonly startPeriod: number;
}

type Health = NonNullable<Workload['health']>;

/** What ECS allows for each number, and what Deployments mean when they say nothing. */
const bounds = {
  interval: { min: 5, max: 300, default: 5 },
  timeout: { min: 2, max: 60, default: 2 },
  retries: { min: 1, max: 10, default: 3 },
  startPeriod: { min: 0, max: 300, default: 60 },
} as const;

type Name = keyof typeof bounds;

export function healthCheck(health: Health | undefined): { check?: HealthCheck; hints: string[] } {
  if (health?.path !== undefined) {
    throw new TargetError(
      'Unsupported',
      'ECS asks health.path only through a load balancer, which Vish does not set up there; use health.command instead.',
    );
  }
  if (health?.command === undefined) return { hints: [] };
  const said: Record<Name, number | undefined> = {
    interval: health.intervalSeconds,
    timeout: health.timeoutSeconds,
    retries: health.failures,
    startPeriod: health.startupSeconds,
  };
  const numbers = { interval: 0, timeout: 0, retries: 0, startPeriod: 0 };
  const hints: string[] = [];
  for (const name of Object.keys(bounds) as Name[]) {
    const { min, max, default: usual } = bounds[name];
    const wanted = said[name] ?? usual;
    numbers[name] = Math.min(max, Math.max(min, wanted));
    if (numbers[name] !== wanted) hints.push(`ECS uses ${numbers[name]} for health ${name}, not ${wanted}.`);
  }
  return { check: { command: ['CMD', ...health.command], ...numbers }, hints };
}
