import type { Clock } from '../../seams/clock.ts';

/** Smaller ones are lost in times of whole seconds. */
const smallestMs = 1000;

/** What the clock did between two looks at a Deployment. */
export interface ClockLook {
  /** How far it was set forward, or how long the machine slept; 0 when neither. */
  readonly jumpedMs: number;
  /** The times that were written in this look are by the clock as it is: from here on later jumps count. */
  settle(): void;
}

/** Tells time that passed from time that was set: monotonic time knows only the first. It remembers one number a Deployment. */
export class ClockJumps {
  private readonly clock: Pick<Clock, 'now' | 'monotonic'>;
  private readonly leads = new Map<string, number>();

  constructor(clock: Pick<Clock, 'now' | 'monotonic'>) {
    this.clock = clock;
  }

  look(key: string): ClockLook {
    const lead = this.clock.now() - this.clock.monotonic();
    const jumpedMs = lead - (this.leads.get(key) ?? lead);
    return {
      jumpedMs: jumpedMs >= smallestMs ? jumpedMs : 0,
      settle: () => void this.leads.set(key, lead),
    };
  }

  forget(key: string): void {
    this.leads.delete(key);
  }
}
