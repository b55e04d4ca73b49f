import { Counter, Histogram, type Registry } from 'prom-client';
import type { SourceReason } from '../errors.ts';

/** Without the repository as a label: users choose it, so it has no bound. */
export class FollowerMetrics {
  private readonly polls: Counter<'outcome'>;
  private readonly ages: Histogram;

  constructor(registry: Registry) {
    const registers = [registry];
    this.polls = new Counter({
      name: 'vish_source_polls_total',
      help: 'Looks at git hosts, by Ok or the reason of the failure',
      labelNames: ['outcome'],
      registers,
    });
    this.ages = new Histogram({
      name: 'vish_source_answer_age_seconds',
      help: 'Age of what controllers were told about a ref; grows while a host does not answer',
      buckets: [1, 10, 30, 60, 120, 300, 900, 3_600, 21_600, 86_400],
      registers,
    });
    this.polls.inc({ outcome: 'Ok' }, 0);
  }

  polled(outcome: 'Ok' | SourceReason): void {
    this.polls.inc({ outcome });
  }

  answered(ageMs: number): void {
    this.ages.observe(ageMs / 1000);
  }
}
