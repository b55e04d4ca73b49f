import { type Limits, type Outbound, OutboundError } from '../outbound/outbound.ts';
import type { Reading } from './measure.ts';

/** What goes with every request of a measurement. */
export interface Call {
  readonly outbound: Pick<Outbound, 'request' | 'stream'>;
  /** For all of the measurement. */
  readonly seconds: number;
  readonly signal: AbortSignal;
}

/** One that may need a login. */
export interface LoginCall extends Call {
  readonly authorization?: string | undefined;
}

export function loginHeader({ authorization }: LoginCall): Record<string, string> {
  return authorization === undefined ? {} : { authorization };
}

/** The limits and the signal of a request that belongs to a measurement. */
export function within({ seconds, signal }: Call): { limits: Partial<Limits>; signal: AbortSignal } {
  const ms = seconds * 1000;
  return { limits: { totalMs: ms, headersMs: ms, bodyIdleMs: ms }, signal };
}

/** Nothing is learned from a request that did not come to an answer; its error is fit to be shown. */
export async function orNoData(work: Promise<Reading>): Promise<Reading> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof OutboundError) return { verdict: 'NoData', message: error.message };
    throw error;
  }
}
