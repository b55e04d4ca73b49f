import { Counter, Gauge, type Registry } from 'prom-client';

export type Outcome = 'Deleted' | 'Kept' | 'Unsupported' | 'Failed';

/** What becomes of images that nothing uses. */
export class RetentionMetrics {
  private readonly ended: Counter<'outcome'>;
  private readonly waiting: Gauge;

  constructor(registry: Registry) {
    const registers = [registry];
    this.ended = new Counter({
      name: 'vish_image_deletions_total',
      help: 'Images that nothing used and that were to be deleted, by what came of it',
      labelNames: ['outcome'],
      registers,
    });
    this.waiting = new Gauge({
      name: 'vish_unused_images',
      help: 'Images that are marked as unused, and are deleted where their Project says so',
      registers,
    });
    for (const outcome of ['Deleted', 'Kept', 'Unsupported', 'Failed'] as const) this.ended.inc({ outcome }, 0);
  }

  end(outcome: Outcome): void {
    this.ended.inc({ outcome });
  }

  wait(count: number): void {
    this.waiting.set(count);
  }
}
