import { type Clock, sleep } from '../../seams/clock.ts';
import type { Random } from '../../seams/random.ts';
import type { Client } from '../client/client.ts';
import { isKubeError, type KubeErrorCode } from '../errors/errors.ts';
import type { Logger } from '../log/logger.ts';
import { events, type KubeEvent } from './event.ts';
import type { EventMetrics } from './metrics.ts';
import type { Series } from './series.ts';

export interface EventWriterOptions {
  client: Pick<Client, 'create' | 'patch'>;
  clock: Clock;
  random: Random;
  logger: Logger;
  metrics: EventMetrics;
}

const mostTries = 12;
const retryMs = 10_000;
const timeoutMs = 10_000;

/** The server, or the way to it, may be better later. Every other answer will be the same again. */
const worthRetrying: ReadonlySet<KubeErrorCode> = new Set(['Timeout', 'Unavailable', 'Throttled', 'Unknown']);

/** Writes one series: creates its event, or patches the count into it. */
export class EventWriter {
  private readonly options: EventWriterOptions;

  constructor(options: EventWriterOptions) {
    this.options = options;
  }

  /** Tries 12 times, 10 s apart. Never rejects: an event is not worth a failure of what it tells about. */
  async write(series: Series, signal: AbortSignal): Promise<void> {
    const { clock, metrics, logger } = this.options;
    for (let attempt = 1; ; attempt++) {
      const { count } = series;
      const error = await this.attempt(series, signal);
      if (error === undefined) {
        series.wrote(count, clock.monotonic());
        return metrics.wrote();
      }
      const retry = !isKubeError(error) || worthRetrying.has(error.code);
      if (!retry || attempt === mostTries || signal.aborted) {
        series.failed(clock.monotonic());
        metrics.drop(retry ? 'gave_up' : 'refused');
        return logger.warn({ reason: series.event.reason, err: error }, 'event could not be written');
      }
      const waitMs = retryMs * (1 + this.options.random.next() / 4);
      await sleep(clock, waitMs, signal).catch(() => undefined);
    }
  }

  private async attempt(series: Series, signal: AbortSignal): Promise<unknown> {
    try {
      await (series.written === 0 ? this.create(series, signal) : this.patch(series, signal));
      return undefined;
    } catch (error) {
      return error ?? new Error('no reason given');
    }
  }

  private async create(series: Series, signal: AbortSignal): Promise<void> {
    try {
      await this.options.client.create(events, series.snapshot(), { signal, timeoutMs });
    } catch (error) {
      // An earlier try arrived although its answer did not.
      if (!isKubeError(error, 'AlreadyExists')) throw error;
      if (series.count > 1) await this.patch(series, signal);
    }
  }

  private async patch(series: Series, signal: AbortSignal): Promise<void> {
    const { client } = this.options;
    const event = series.snapshot();
    try {
      await client.patch(events, keyOfEvent(event), { series: event.series }, { type: 'merge', signal, timeoutMs });
    } catch (error) {
      // The server has forgotten it meanwhile.
      if (!isKubeError(error, 'NotFound')) throw error;
      await client.create(events, event, { signal, timeoutMs });
    }
  }
}

function keyOfEvent({ metadata: { namespace = 'default', name = '' } }: KubeEvent) {
  return { namespace, name };
}
