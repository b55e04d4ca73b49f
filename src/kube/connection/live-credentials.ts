import type { Clock } from '../../seams/clock.ts';
import type { Logger } from '../log/logger.ts';
import type { Credentials } from './connection.ts';

/** One reading of all sources. */
export interface Reading {
  credentials: Credentials;
  /** Wall clock; after that it must not be used. */
  expiresAt?: number | undefined;
  /** Wall clock; when to ask for the next one. */
  renewAt?: number | undefined;
}

export interface LiveCredentialsOptions {
  /** `refused` means that the server did not accept the last reading: what is cached below must go. */
  read: (refused: boolean) => Promise<Reading>;
  clock: Clock;
  logger?: Logger | undefined;
}

const rereadMs = 60_000;
const retryMs = 10_000;
const minForcedMs = 1_000;

/**
 * Reads credentials again every minute, before they expire and after a 401, one reading at a time. A reading that fails
 * does not take away credentials that still hold: files are replaced in several steps, and plugins fail for a while.
 */
export class LiveCredentials {
  private readonly read: LiveCredentialsOptions['read'];
  private refused = false;
  private readonly clock: Clock;
  private readonly logger: Logger | undefined;
  private last: Reading | undefined;
  private lastReadAt = Number.NEGATIVE_INFINITY;
  private freshUntil = Number.NEGATIVE_INFINITY;
  private reading: Promise<Credentials> | undefined;

  constructor({ read, clock, logger }: LiveCredentialsOptions) {
    this.read = read;
    this.clock = clock;
    this.logger = logger;
  }

  get(): Promise<Credentials> {
    if (this.last && this.clock.monotonic() < this.freshUntil) return Promise.resolve(this.last.credentials);
    this.reading ??= this.renew().finally(() => {
      this.reading = undefined;
    });
    return this.reading;
  }

  /** At most once a second: a server that refuses everything must not make us start a plugin for every call. */
  invalidate(used: Credentials, why: 'refused' | 'unreachable'): void {
    if (this.last?.credentials !== used || this.clock.monotonic() - this.lastReadAt < minForcedMs) return;
    this.refused = why === 'refused';
    this.freshUntil = Number.NEGATIVE_INFINITY;
  }

  private async renew(): Promise<Credentials> {
    this.lastReadAt = this.clock.monotonic();
    try {
      const next = await this.read(this.refused);
      this.refused = false;
      const same = this.last && equal(this.last.credentials, next.credentials);
      // The same object as long as nothing changed: that is how others see a change.
      this.last = same && this.last ? { ...next, credentials: this.last.credentials } : next;
      this.freshUntil = this.clock.monotonic() + this.lifeOf(next);
    } catch (error) {
      if (!this.last || this.expired(this.last)) throw error;
      this.freshUntil = this.clock.monotonic() + retryMs;
      this.logger?.warn({ err: error }, 'credentials could not be read again; the old ones are kept');
    }
    return this.last.credentials;
  }

  private lifeOf({ renewAt }: Reading): number {
    if (renewAt === undefined) return rereadMs;
    return Math.max(minForcedMs, Math.min(rereadMs, renewAt - this.clock.now()));
  }

  private expired({ expiresAt }: Reading): boolean {
    return expiresAt !== undefined && expiresAt <= this.clock.now();
  }
}

function equal(a: Credentials, b: Credentials): boolean {
  return a.tls.fingerprint === b.tls.fingerprint && JSON.stringify(a.headers) === JSON.stringify(b.headers);
}
