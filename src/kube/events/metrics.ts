import { Counter, Gauge, type Registry } from 'prom-client';

export type DropReason = 'spam' | 'queue_full' | 'refused' | 'gave_up';

export class EventMetrics {
  private readonly dropped: Counter<'reason'>;
  private readonly written: Counter;
  private readonly queued: Gauge;

  constructor(registry: Registry) {
    const registers = [registry];
    const help = 'Events that were not written';
    this.dropped = new Counter({ name: 'events_dropped_total', help, labelNames: ['reason'], registers });
    this.written = new Counter({ name: 'events_written_total', help: 'Requests that wrote an event', registers });
    this.queued = new Gauge({ name: 'events_queue_depth', help: 'Events that wait to be written', registers });
  }

  drop(reason: DropReason): void {
    this.dropped.inc({ reason });
  }

  wrote(): void {
    this.written.inc();
  }

  depth(waiting: number): void {
    this.queued.set(waiting);
  }
}
