import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** What a queue shows of itself. Read only when metrics are scraped, so that adding a key costs no bookkeeping. */
export interface QueueView {
  readonly name: string;
  readonly adds: number;
  readonly retries: number;
  /** How many keys are ready, by priority. */
  depths(): ReadonlyMap<number, number>;
  /** For each key that a worker holds, since how long. */
  heldSeconds(): number[];
}

/** Where a queue reports how long keys waited and how long they were held, in seconds. */
export interface QueueTimes {
  waited(seconds: number): void;
  held(seconds: number): void;
}

type Label = 'name' | 'controller';

/** More priorities than this share one label: a label of unlimited values can break a metrics store. */
const mostPriorities = 25;
const otherPriorities = 'exceeded_cardinality_limit';
/** 10 ns to 1 000 s in powers of ten, as client-go has them. */
const buckets = Array.from({ length: 12 }, (_, exponent) => Number(`1e${exponent - 8}`));
const labelNames: Label[] = ['name', 'controller'];

/** The metrics of all queues of one process, under client-go's names. */
export class WorkQueueMetrics {
  private readonly queues = new Map<string, QueueView>();
  private readonly priorities = new Map<string, Set<number>>();
  private readonly waited: Histogram<Label>;
  private readonly held: Histogram<Label>;

  constructor(registry: Registry) {
    const registers = [registry];
    this.waited = new Histogram({ ...histograms.waited, labelNames, buckets, registers });
    this.held = new Histogram({ ...histograms.held, labelNames, buckets, registers });
    this.pull(counter(registry, 'workqueue_adds_total', help.adds), (queue) => queue.adds);
    this.pull(counter(registry, 'workqueue_retries_total', help.retries), (queue) => queue.retries);
    this.pull(gauge(registry, 'workqueue_unfinished_work_seconds', help.unfinished), unfinishedSeconds);
    this.pull(gauge(registry, 'workqueue_longest_running_processor_seconds', help.longest), longestSeconds);
    this.pullDepth(registers);
  }

  /** Throws when the name is taken: two queues under one name would show sums that mean nothing. */
  register(queue: QueueView): QueueTimes {
    if (this.queues.has(queue.name)) {
      throw new Error(`register the queue "${queue.name}": a queue of that name exists already. Choose another name.`);
    }
    this.queues.set(queue.name, queue);
    const labels = labelsOf(queue);
    const waited = this.waited.labels(labels);
    const held = this.held.labels(labels);
    return { waited: (seconds) => waited.observe(seconds), held: (seconds) => held.observe(seconds) };
  }

  private pull(metric: Pulled, read: (queue: QueueView) => number): void {
    metric.collect = () => {
      metric.reset();
      for (const queue of this.queues.values()) metric.inc(labelsOf(queue), read(queue));
    };
  }

  private pullDepth(registers: Registry[]): void {
    const depth = new Gauge({
      name: 'workqueue_depth',
      help: 'Current depth of workqueue by workqueue and priority',
      labelNames: [...labelNames, 'priority'],
      registers,
      collect: () => {
        depth.reset();
        for (const queue of this.queues.values()) {
          for (const [priority, keys] of this.depths(queue)) depth.inc({ ...labelsOf(queue), priority }, keys);
        }
      },
    });
  }

  /** A priority that was seen once stays, at 0: a series that vanishes reads as unknown. */
  private depths(queue: QueueView): [string, number][] {
    const now = queue.depths();
    const seen = this.priorities.get(queue.name) ?? new Set();
    this.priorities.set(queue.name, seen);
    let others = 0;
    for (const [priority, keys] of now) {
      if (seen.size < mostPriorities) seen.add(priority);
      if (!seen.has(priority)) others += keys;
    }
    const known = [...seen].map((priority): [string, number] => [String(priority), now.get(priority) ?? 0]);
    return others === 0 ? known : [...known, [otherPriorities, others]];
  }
}

interface Pulled {
  collect?: unknown;
  reset(): void;
  inc(labels: Record<Label, string>, value: number): void;
}

const histograms = {
  waited: {
    name: 'workqueue_queue_duration_seconds',
    help: 'How long in seconds an item stays in workqueue before being requested',
  },
  held: {
    name: 'workqueue_work_duration_seconds',
    help: 'How long in seconds processing an item from workqueue takes',
  },
} as const;

const help = {
  adds: 'Total number of adds handled by workqueue',
  retries: 'Total number of items added to workqueue with a delay: after a failure, or to look again later',
  unfinished: 'Seconds of work in progress that work_duration has not seen yet. Growth without end means stuck workers',
  longest: 'How many seconds the longest running processor of workqueue has been running',
} as const;

function counter(registry: Registry, name: string, help: string): Pulled {
  return new Counter({ name, help, labelNames, registers: [registry] });
}

function gauge(registry: Registry, name: string, help: string): Pulled {
  return new Gauge({ name, help, labelNames, registers: [registry] });
}

function labelsOf({ name }: QueueView): Record<Label, string> {
  return { name, controller: name };
}

function unfinishedSeconds(queue: QueueView): number {
  return queue.heldSeconds().reduce((sum, seconds) => sum + seconds, 0);
}

function longestSeconds(queue: QueueView): number {
  return queue.heldSeconds().reduce((longest, seconds) => Math.max(longest, seconds), 0);
}
