import { request } from 'undici';
import { type Clock, sleep } from '../../../src/seams/clock.ts';
import { systemClock } from '../../../src/seams/system.ts';

export interface Address {
  readonly url: string;
  readonly host?: string;
}

export interface Visits {
  readonly count: number;
  /** Requests without a good answer. */
  readonly failed: readonly string[];
}

/** The first line of what the app says, or why it says nothing. */
export async function ask({ url, host }: Address): Promise<{ ok: boolean; said: string }> {
  try {
    const headers = host === undefined ? {} : { host };
    // A connection of its own each time: an old one would ask nobody which pods there are.
    const answer = await request(url, { headers, reset: true, signal: AbortSignal.timeout(5_000) });
    const said = (await answer.body.text()).trim();
    return { ok: answer.statusCode === 200, said: answer.statusCode === 200 ? said : `${answer.statusCode} ${said}` };
  } catch (error) {
    return { ok: false, said: String(error) };
  }
}

const everyMs = 50;

/** Asks again and again until `leave`, as users do while something changes. */
export function visit(addresses: readonly Address[], clock: Clock = systemClock) {
  const failed: string[] = [];
  let count = 0;
  const leaving = new AbortController();
  const stay = async (address: Address) => {
    while (!leaving.signal.aborted) {
      const { ok, said } = await ask(address);
      count++;
      if (!ok) failed.push(`${new Date(clock.now()).toISOString()} ${address.host ?? address.url}: ${said}`);
      await sleep(clock, everyMs);
    }
  };
  const staying = Promise.all(addresses.map(stay));
  return {
    async leave(): Promise<Visits> {
      leaving.abort();
      await staying;
      return { count, failed };
    },
  };
}
