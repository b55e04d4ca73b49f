import { type Reason, reasons } from './reasons.ts';

interface ReasonErrorOptions extends ErrorOptions {
  /** What the other side asked for; never shorter than this, but a cap of ours may be. */
  readonly retryAfterMs?: number | undefined;
}

/** Why something outside did not do what it was asked for. The message is fit for a status: no credentials, no foreign text. */
export class ReasonError<Word extends Reason> extends Error {
  readonly reason: Word;
  readonly retryAfterMs: number | undefined;

  constructor(reason: Word, message: string, { retryAfterMs, ...options }: ReasonErrorOptions = {}) {
    super(message, options);
    this.reason = reason;
    this.retryAfterMs = retryAfterMs;
  }

  /** Whether it may pass without anybody changing anything. */
  get retryable(): boolean {
    return reasons[this.reason].course === 'Retrying';
  }
}
