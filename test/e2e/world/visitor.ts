import { Agent, type Dispatcher, request } from 'undici';
import { type Clock, sleep } from '../../../src/seams/clock.ts';
import { systemClock } from '../../../src/seams/system.ts';

export interface Address {
  readonly url: string;
  readonly host?: string;
}

/**
 * How somebody asks: on a connection of its own each time (an old one would ask nobody which pods there are), on one that
 * is kept for as long as the server does not announce its end, or on a new one for an answer that takes its time.
 */
export type Habit = 'new' | 'keeps' | 'slow';

export interface Visitor extends Address {
  /** Default new. */
  readonly habit?: Habit;
}

export interface Visits {
  readonly count: number;
  /** Requests without a good answer, the first of them with time and reason. */
  readonly failed: readonly string[];
}

export interface Crowd {
  /** So far. */
  readonly count: number;
  leave(): Promise<Visits>;
}

interface Answer {
  readonly ok: boolean;
  readonly said: string;
}

/** The first line of what the app says, or why it says nothing. */
export function ask(address: Address): Promise<Answer> {
  return asked(address, {});
}

async function asked({ url, host, habit = 'new' }: Visitor, more: { dispatcher?: Dispatcher }): Promise<Answer> {
  try {
    const options = { headers: host === undefined ? {} : { host }, reset: habit !== 'keeps', ...more };
    const path = habit === 'slow' ? '/slow' : '';
    const answer = await request(`${url}${path}`, { ...options, signal: AbortSignal.timeout(patienceMs) });
    const said = (await answer.body.text()).trim();
    return { ok: answer.statusCode === 200, said: answer.statusCode === 200 ? said : `${answer.statusCode} ${said}` };
  } catch (error) {
    return { ok: false, said: String(error) };
  }
}

/** A machine that is busy answers late; what is answered at all did not fail. */
const patienceMs = 30_000;
const usualPauseMs = 50;
/** More of the same tell nothing, and an app that is down for minutes would fill the memory. */
const maxFailed = 10_000;

export interface VisitOptions {
  readonly clock?: Clock;
  /** Between two requests of one visitor. Default 50. */
  readonly everyMs?: number;
}

/** Asks again and again until `leave`, as users do while something changes. */
export function visit(
  visitors: readonly Visitor[],
  { clock = systemClock, everyMs = usualPauseMs }: VisitOptions = {},
): Crowd {
  const failed: string[] = [];
  let count = 0;
  const leaving = new AbortController();
  const stay = async (visitor: Visitor) => {
    const dispatcher = new Agent({ connections: 1, keepAliveTimeout: 600_000, keepAliveMaxTimeout: 600_000 });
    while (!leaving.signal.aborted) {
      const { ok, said } = await asked(visitor, { dispatcher });
      count++;
      if (!ok && failed.length < maxFailed) failed.push(complaint(visitor, said, clock));
      await sleep(clock, everyMs, leaving.signal).catch(() => undefined);
    }
    await dispatcher.close();
  };
  const staying = Promise.all(visitors.map(stay));
  return {
    get count() {
      return count;
    },
    async leave(): Promise<Visits> {
      leaving.abort();
      await staying;
      return { count, failed };
    },
  };
}

function complaint({ host, url, habit }: Visitor, said: string, clock: Clock): string {
  const words = [host ?? url, habit].filter((word) => word !== undefined);
  return `${new Date(clock.now()).toISOString()} ${words.join(' ')}: ${said}`;
}
