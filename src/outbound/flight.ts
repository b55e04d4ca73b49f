import { OutboundError, toFault } from './errors.ts';
import type { OutboundOptions, Outcome } from './options.ts';
import type { Hop } from './redirect.ts';
import type { Target } from './target.ts';
import { redact } from './target.ts';

interface FlightOptions {
  readonly options: Pick<OutboundOptions, 'clock' | 'onOutcome'>;
  /** What is attempted: the method, or the name of another operation. */
  readonly name: string;
  readonly secretPath: boolean;
}

/** One operation on its way: what an error says was attempted, and the one outcome that is reported. */
export class Flight {
  private readonly given: FlightOptions;
  private readonly started: number;
  private attempted = 'a URL';
  private host: string | undefined;
  private reported = false;

  constructor(given: FlightOptions) {
    this.given = given;
    this.started = given.options.clock.monotonic();
  }

  /** Names the target that the user wrote. */
  aim(target: Target): Target {
    this.host = target.host;
    this.attempted = redact(target, !this.given.secretPath);
    return target;
  }

  /** Names a hop. Of one that a server sent us to only the origin: the rest of a location is text of the server's. */
  hop(followed: number, { target }: Hop): void {
    if (followed === 0) return;
    const [first] = this.attempted.split(redirectedTo);
    this.attempted = `${first}${redirectedTo}${redact(target, false)}`;
  }

  /** Reports how it ended; only the first call counts. */
  ended(code: Outcome['code']): void {
    if (this.reported) return;
    this.reported = true;
    const { clock, onOutcome } = this.given.options;
    onOutcome?.({ host: this.host, code, durationMs: clock.monotonic() - this.started });
  }

  failed(error: unknown): OutboundError {
    const fault = toFault(error);
    this.ended(fault.code);
    return new OutboundError(fault, `${this.given.name} ${this.attempted}`);
  }
}

const redirectedTo = ', redirected to ';
