import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../../seams/clock.ts';
import type { Client, Stored } from '../client/client.ts';
import { isKubeError } from '../errors/errors.ts';
import { formatKey, type ObjectKey } from '../object/key.ts';
import { heldBy, type Lease, type LeaseSpec, leaseObject, leases, released } from './lease.ts';

export type LeaseClient = Pick<Client, 'get' | 'create' | 'update'>;

export interface LockOptions {
  client: LeaseClient;
  lease: ObjectKey;
  identity: string;
  leaseDurationMs: number;
  clock: Clock;
  onSlowPath: () => void;
}

export interface LockCall {
  signal: AbortSignal;
  timeoutMs: number;
}

interface Observed {
  lease: Stored<Lease>;
  /** On the local monotonic clock. For our own writes the moment of sending, for those of others that of seeing. */
  at: number;
}

/** Who has the lease after an attempt. */
export type Outcome = 'held' | 'foreign';

const mostReleaseAttempts = 5;

/**
 * The lease as one replica knows it. Only the local clock since the record last changed counts, never a time written in
 * the Lease: the clocks of two nodes may differ by any amount.
 */
export class LeaseLock {
  private observed: Observed | undefined;
  /** A write was sent, so that the lease may be ours even when no answer said so. */
  private wrote = false;
  private readonly options: LockOptions;

  constructor(options: LockOptions) {
    this.options = options;
  }

  get holder(): string {
    return this.observed?.lease.spec?.holderIdentity ?? '';
  }

  /** When the write that last gave us the lease was sent: the server cannot have counted from an earlier moment. */
  get heldSince(): number | undefined {
    return this.holdsIt ? this.observed?.at : undefined;
  }

  /** How long the record of another holder is still good; 0 when it may be taken. */
  get remainingMs(): number {
    if (!this.observed || this.holder === '') return 0;
    return Math.max(0, this.observed.at + this.durationMs(this.observed) - this.options.clock.monotonic());
  }

  /** Takes the lease when it is free or expired. Throws when the outcome is not known. */
  async acquire(call: LockCall): Promise<Outcome> {
    const lease = await this.read(call);
    if (!lease) return this.create(call);
    if (this.holder !== '' && !this.holdsIt && this.remainingMs > 0) return 'foreign';
    return this.take(lease, call);
  }

  /**
   * Renews without reading first, in the hope that nobody wrote meanwhile. Once another holder was seen it says so and
   * takes nothing back: whoever held the lease in between may have acted.
   */
  async renew(call: LockCall): Promise<Outcome> {
    const known = this.observed;
    if (known) {
      const renewed = await this.take(known.lease, call).catch(onlyWhenAnswered);
      if (renewed) return renewed;
    }
    this.options.onSlowPath();
    const lease = await this.read(call);
    if (!lease) return this.create(call);
    return this.holdsIt ? this.take(lease, call) : 'foreign';
  }

  /** Gives the lease back, also one that an unanswered write may have given us. */
  async release(call: LockCall): Promise<void> {
    if (!this.wrote) return;
    for (let attempt = 1; ; attempt++) {
      const lease = await this.read(call);
      if (!lease || !this.holdsIt) return;
      try {
        const spec = { ...lease.spec, ...released(this.options.clock.now(), lease.spec ?? {}) };
        this.observe(
          await this.options.client.update(leases, { ...lease, spec }, call),
          this.options.clock.monotonic(),
        );
        return;
      } catch (error) {
        // A renewal that was cancelled on our side may still have been stored.
        if (!isKubeError(error, 'Conflict') || attempt === mostReleaseAttempts) throw error;
      }
    }
  }

  private get holdsIt(): boolean {
    return this.holder === this.options.identity;
  }

  private async read(call: LockCall): Promise<Stored<Lease> | undefined> {
    try {
      const lease = await this.options.client.get(leases, this.options.lease, call);
      call.signal.throwIfAborted();
      this.observe(lease, this.seenAt(lease));
      return lease;
    } catch (error) {
      if (isKubeError(error, 'NotFound')) return undefined;
      throw error;
    }
  }

  /**
   * Our own record keeps the moment of the write that we know of: an unanswered one may have been stored long ago, and
   * counting from now would let us lead for longer than others wait.
   */
  private seenAt({ spec }: Lease): number {
    const now = this.options.clock.monotonic();
    const ours = spec?.holderIdentity === this.options.identity;
    if (ours) return this.heldSince ?? now;
    return this.observed && isDeepStrictEqual(spec, this.observed.lease.spec) ? this.observed.at : now;
  }

  private create(call: LockCall): Promise<Outcome> {
    const object = leaseObject(this.options.lease, this.ownSpec());
    return this.write(() => this.options.client.create(leases, object, call), call);
  }

  private take(lease: Stored<Lease>, call: LockCall): Promise<Outcome> {
    const object = { ...lease, spec: { ...lease.spec, ...this.ownSpec(lease.spec) } };
    return this.write(() => this.options.client.update(leases, object, call), call);
  }

  private async write(send: () => Promise<Stored<Lease>>, call: LockCall): Promise<Outcome> {
    const sentAt = this.options.clock.monotonic();
    this.wrote = true;
    const lease = await send();
    call.signal.throwIfAborted();
    this.observe(lease, sentAt);
    if (!this.holdsIt) throw new Error(`write lease ${formatKey(this.options.lease)}: the answer names another holder`);
    return 'held';
  }

  private ownSpec(previous?: LeaseSpec): LeaseSpec {
    const { identity, leaseDurationMs, clock } = this.options;
    return heldBy({ identity, leaseDurationMs, now: clock.now() }, previous);
  }

  private observe(lease: Stored<Lease>, at: number): void {
    this.observed = { lease, at };
  }

  /** A holder that names no duration gets ours: taking the lease at once could make two leaders. */
  private durationMs({ lease }: Observed): number {
    const seconds = lease.spec?.leaseDurationSeconds ?? 0;
    return seconds > 0 ? seconds * 1000 : this.options.leaseDurationMs;
  }
}

/** Only an answer tells that the guess was wrong. Without one a read would spend what is left of the deadline, too. */
function onlyWhenAnswered(error: unknown): undefined {
  if (isKubeError(error, 'Conflict') || isKubeError(error, 'NotFound')) return undefined;
  throw error;
}
