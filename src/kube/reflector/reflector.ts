import { type Clock, sleep } from '../../seams/clock.ts';
import type { Random } from '../../seams/random.ts';
import type { Logger } from '../log/logger.ts';
import type { KubeObject } from '../object/object.ts';
import type { Resource } from '../object/resource.ts';
import type { Transport } from '../transport/transport.ts';
import type { Attempt } from './attempt.ts';
import { Backoff } from './backoff.ts';
import { attemptList } from './list-attempt.ts';
import { type ObjectBuilder, objectBuilder, type Transform } from './object-builder.ts';
import { lossSyncIntervalMs, type Outcome, type Position, planNext, startPosition } from './plan.ts';
import type { Scope } from './requests.ts';
import type { ReflectorStats } from './stats.ts';
import type { Target } from './target.ts';
import { attemptWatch } from './watch-attempt.ts';

const maxRetryAfterMs = 60_000;

export interface ReflectorOptions<T extends KubeObject> {
  transport: Transport;
  resource: Resource<T>;
  scope: Scope;
  target: Target<T>;
  stats: ReflectorStats;
  clock: Clock;
  random: Random;
  logger: Logger;
  /** Default none: objects are stored as they came, without managedFields. */
  transform?: Transform<T> | undefined;
  /** Gets what the transform throws; the object is then stored as it came. */
  onTransformError: (key: string, error: unknown) => void;
}

/**
 * Keeps a target equal to one kind on the server, for as long as it runs. Whatever goes wrong, it goes on: from the version
 * it has where it can, from a full list where it must, and never back to an older version.
 */
export class Reflector<T extends KubeObject> {
  private position: Position = startPosition;
  private lastLossAt = Number.NEGATIVE_INFINITY;
  private readonly options: ReflectorOptions<T>;
  private readonly backoff: Backoff;
  private readonly build: ObjectBuilder<T>;

  constructor(options: ReflectorOptions<T>) {
    const { clock, random, resource, scope, transform, onTransformError } = options;
    this.options = options;
    this.backoff = new Backoff(clock, random);
    this.build = objectBuilder({ resource, metadataOnly: scope.metadataOnly ?? false, transform, onTransformError });
  }

  /** Resolves soon after `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, stats } = this.options;
    while (!signal.aborted) {
      const { sync, watchList } = this.position;
      const outcome = await (sync && !watchList ? attemptList : attemptWatch)(this.attempt(), signal);
      stats.connected = false;
      if (signal.aborted) return;
      const { position, wait } = planNext(this.position, outcome, clock.monotonic());
      this.position = position;
      const waitMs = wait ? this.waitMs(outcome) : 0;
      this.note(outcome, waitMs);
      if (wait) await sleep(clock, waitMs, signal).catch(() => undefined);
    }
  }

  private attempt(): Attempt<T> {
    const { clock, random, resource, scope, stats, target, transport } = this.options;
    return {
      collection: { resource, scope },
      position: this.position,
      stopAtLoss: clock.monotonic() - this.lastLossAt >= lossSyncIntervalMs,
      build: this.build,
      clock,
      random,
      stats,
      target,
      transport,
    };
  }

  /** The server's own wish comes first, with some of our chance on top of it. */
  private waitMs({ failure }: Outcome): number {
    const ownMs = this.backoff.nextMs();
    const asked = failure?.retryAfterMs;
    return asked === undefined ? ownMs : Math.min(asked, maxRetryAfterMs) + this.options.random.next() * 1000;
  }

  private note({ request, failure, brokenBy }: Outcome, waitMs: number): void {
    const { clock, logger, stats } = this.options;
    if (brokenBy !== undefined) {
      stats.broken++;
      logger.info({ request, detail: brokenBy }, 'the connection of a watch broke; going on from the last version');
    }
    if (failure === undefined) return;
    const { reason, detail } = failure;
    stats.failures[reason]++;
    stats.lastFailure = `${reason}: ${detail}`;
    if (reason === 'Lost') this.lastLossAt = clock.monotonic();
    logger.warn({ request, reason, detail, waitMs: Math.round(waitMs) }, 'watching failed; going on after the wait');
  }
}
