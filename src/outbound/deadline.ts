import type { Clock, Timer } from '../seams/clock.ts';
import type { OutboundCode } from './errors.ts';
import { Fault } from './errors.ts';

interface Whole {
  /** What it is called when the whole time is over. */
  readonly code: OutboundCode;
  readonly ms: number;
  readonly caller?: AbortSignal | undefined;
}

/** The times one request has: one for everything, and one for the phase it is in. Ends with the reason as a `Fault`. */
export class Deadline {
  readonly signal: AbortSignal;
  private readonly controller = new AbortController();
  private readonly clock: Clock;
  private readonly total: Timer;
  private readonly caller: AbortSignal | undefined;
  private phase: Timer | undefined;
  private readonly onCaller = () => this.stop(new Fault('Aborted'));

  constructor(clock: Clock, { code, ms, caller }: Whole) {
    this.clock = clock;
    this.signal = this.controller.signal;
    this.caller = caller;
    this.total = clock.setTimeout(() => this.stop(new Fault(code, `${ms} ms`)), ms);
    if (caller?.aborted) this.onCaller();
    else caller?.addEventListener('abort', this.onCaller, { once: true });
  }

  /** Starts or renews the time of a phase. */
  enter(code: OutboundCode, ms: number): void {
    if (this.signal.aborted) return;
    if (this.phase) this.clock.clearTimeout(this.phase);
    this.phase = this.clock.setTimeout(() => this.stop(new Fault(code, `${ms} ms`)), ms);
  }

  /** Forgets every timer; the signal keeps its state. */
  end(): void {
    this.clock.clearTimeout(this.total);
    if (this.phase) this.clock.clearTimeout(this.phase);
    this.caller?.removeEventListener('abort', this.onCaller);
  }

  private stop(fault: Fault): void {
    this.end();
    this.controller.abort(fault);
  }
}
