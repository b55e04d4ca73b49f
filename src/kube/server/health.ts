import type { Clock } from '../../seams/clock.ts';
import { boundedCall } from '../deadline/bounded-call.ts';
import type { Logger } from '../log/logger.ts';
import { notFound, type Reply, type Request } from './reply.ts';

/** Resolves when all is well; throws with the reason when it is not. */
export type HealthCheck = () => Promise<void> | void;

export interface HealthOptions {
  clock: Clock;
  logger: Logger;
  /** How long one check may take. Default 5 s: then it has failed. */
  timeoutMs?: number;
}

interface CheckResult {
  name: string;
  error?: unknown;
}

/**
 * `/healthz` says whether the process must be restarted, `/readyz` whether work should come here. Each is a list of
 * named checks: `/readyz/<name>` asks one, `?verbose` shows all, `?exclude=<name>` leaves one out. The reason of a
 * failure goes to the log only, because anybody may ask.
 */
export class Health {
  private readonly checks = { healthz: new Map<string, HealthCheck>(), readyz: new Map<string, HealthCheck>() };
  private readonly options: HealthOptions;

  constructor(options: HealthOptions) {
    this.options = options;
    this.addLive('ping', () => undefined);
  }

  /** Only for what a restart mends: a check that fails with the API server away would restart everything for ever. */
  addLive(name: string, check: HealthCheck): void {
    add(this.checks.healthz, name, check);
  }

  addReady(name: string, check: HealthCheck): void {
    add(this.checks.readyz, name, check);
  }

  readonly handle = async ({ path, query }: Request): Promise<Reply> => {
    const [, kind, name, ...rest] = path.split('/');
    if ((kind !== 'healthz' && kind !== 'readyz') || rest.length > 0) return notFound;
    const checks = this.checks[kind];
    if (name && !checks.has(name)) return notFound;
    const excluded = new Set(query.getAll('exclude'));
    const names = name ? [name] : [...checks.keys()].filter((known) => !excluded.has(known));
    const results = await Promise.all(names.map((known) => this.run(known, checks.get(known))));
    return report(kind, results, query.has('verbose'));
  };

  private async run(name: string, check: HealthCheck | undefined): Promise<CheckResult> {
    const { clock, logger, timeoutMs: ms = 5000 } = this.options;
    try {
      await boundedCall({ clock, ms, what: `check ${name}` }, async () => check?.());
      return { name };
    } catch (error) {
      logger.warn({ check: name, err: error }, 'a health check failed');
      return { name, error };
    }
  }
}

function add(checks: Map<string, HealthCheck>, name: string, check: HealthCheck): void {
  if (!/^[\w-]+$/.test(name)) throw new Error(`add check "${name}": use letters, digits, "-" and "_"`);
  if (checks.has(name)) throw new Error(`add check "${name}": it exists already`);
  checks.set(name, check);
}

function report(kind: string, results: CheckResult[], verbose: boolean): Reply {
  const healthy = results.every(({ error }) => error === undefined);
  const status = healthy ? 200 : 503;
  if (healthy && !verbose) return { status, body: 'ok\n' };
  const lines = results.map(({ name, error }) =>
    error === undefined ? `[+]${name} ok` : `[-]${name} failed: see the log`,
  );
  return { status, body: `${[...lines, `${kind} check ${healthy ? 'passed' : 'failed'}`].join('\n')}\n` };
}
