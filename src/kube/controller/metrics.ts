import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { WorkQueueMetrics } from '../workqueue/metrics.ts';

const results = ['success', 'error', 'requeue', 'requeue_after'] as const;

export type ResultLabel = (typeof results)[number];

/** Seconds; the same steps as controller-runtime's, so that its dashboards and alerts fit. */
const buckets = [
  0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.25, 1.5, 1.75, 2,
  2.5, 3, 3.5, 4, 4.5, 5, 6, 7, 8, 9, 10, 15, 20, 25, 30, 40, 50, 60,
];

type CountName = keyof typeof counts;

const counts = {
  errors: ['controller_runtime_reconcile_errors_total', 'Total number of reconciliation errors per controller'],
  terminalErrors: [
    'controller_runtime_terminal_reconcile_errors_total',
    'Total number of terminal reconciliation errors per controller',
  ],
  panics: ['controller_runtime_reconcile_panics_total', 'Total number of reconciliation panics per controller'],
  timeouts: ['controller_runtime_reconcile_timeouts_total', 'Total number of reconciliation timeouts per controller'],
  staleSkips: [
    'vish_controller_stale_skips_total',
    'Total number of times a key was put off because the cache did not hold our own last write yet',
  ],
} as const;

/** What one controller counts. */
export interface Meters extends Record<CountName, Counter.Internal> {
  results: Record<ResultLabel, Counter.Internal>;
  seconds: Histogram.Internal<'controller'>;
  activeWorkers: Gauge.Internal<'controller'>;
}

/** The metrics of all controllers and their queues in one process, under controller-runtime's names. */
export class ControllerMetrics {
  readonly queues: WorkQueueMetrics;
  private readonly total: Counter<'controller' | 'result'>;
  private readonly counters: Record<CountName, Counter<'controller'>>;
  private readonly seconds: Histogram<'controller'>;
  private readonly maxWorkers: Gauge<'controller'>;
  private readonly activeWorkers: Gauge<'controller'>;

  constructor(registry: Registry) {
    const registers = [registry];
    const of = (name: string, help: string) => ({ name, help, registers, labelNames: ['controller' as const] });
    this.queues = new WorkQueueMetrics(registry);
    this.total = new Counter({
      name: 'controller_runtime_reconcile_total',
      help: 'Total number of reconciliations per controller',
      labelNames: ['controller', 'result'],
      registers,
    });
    this.counters = mapCounts(([name, help]) => new Counter(of(name, help)));
    this.seconds = new Histogram({
      ...of('controller_runtime_reconcile_time_seconds', 'Length of time per reconciliation per controller'),
      buckets,
    });
    this.maxWorkers = new Gauge(
      of('controller_runtime_max_concurrent_reconciles', 'Maximum number of concurrent reconciles per controller'),
    );
    this.activeWorkers = new Gauge(
      of('controller_runtime_active_workers', 'Number of currently used workers per controller'),
    );
  }

  /** Every series starts at 0: an increase from nothing would be invisible to rate(). */
  of(controller: string, workers: number): Meters {
    this.maxWorkers.set({ controller }, workers);
    this.activeWorkers.set({ controller }, 0);
    this.seconds.zero({ controller });
    for (const result of results) this.total.inc({ controller, result }, 0);
    for (const counter of Object.values(this.counters)) counter.inc({ controller }, 0);
    const total = (result: ResultLabel) => this.total.labels({ controller, result });
    return {
      ...mapCounts((_, name) => this.counters[name].labels({ controller })),
      results: {
        success: total('success'),
        error: total('error'),
        requeue: total('requeue'),
        requeue_after: total('requeue_after'),
      },
      seconds: this.seconds.labels({ controller }),
      activeWorkers: this.activeWorkers.labels({ controller }),
    };
  }
}

function mapCounts<R>(map: (count: readonly [string, string], name: CountName) => R): Record<CountName, R> {
  const entries = Object.entries(counts).map(([name, count]) => [name, map(count, name as CountName)]);
  return Object.fromEntries(entries) as Record<CountName, R>;
}
