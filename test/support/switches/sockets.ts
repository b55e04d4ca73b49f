import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import type { Duplex } from 'node:stream';
import { type Clock, sleep } from '../../../src/seams/clock.ts';
import type { Address } from '../../e2e/world/visitor.ts';

/** A WebSocket that the other side ended. */
export interface Ended {
  /** Name of the pod that held it. */
  readonly pod: string;
  /** Milliseconds from when its app was told to stop; absent when it was not. */
  readonly lasted?: number;
}

export interface Sockets {
  leave(): Promise<{ readonly ended: readonly Ended[]; readonly failed: readonly string[] }>;
}

/** A machine that is busy answers late; what is answered at all did not fail. */
const patienceMs = 30_000;

/** One WebSocket to each address; another one when it ends. */
export function holdSockets(addresses: readonly Address[], clock: Clock): Sockets {
  const ended: Ended[] = [];
  const failed: string[] = [];
  const leaving = new AbortController();
  const stay = async (address: Address) => {
    while (!leaving.signal.aborted) {
      try {
        const { pod, over } = await open(address, { clock, signal: leaving.signal });
        const end = await over;
        if (!leaving.signal.aborted) ended.push({ pod, ...end });
      } catch (error) {
        if (!leaving.signal.aborted) failed.push(`${new Date(clock.now()).toISOString()} ${String(error)}`);
        // Whatever is wrong is wrong again at once.
        await sleep(clock, 250);
      }
    }
  };
  const staying = Promise.all(addresses.map(stay));
  return {
    async leave() {
      leaving.abort();
      await staying;
      return { ended, failed };
    },
  };
}

interface Held {
  readonly pod: string;
  readonly over: Promise<Pick<Ended, 'lasted'>>;
}

/** The app's first word is the name of its pod; the second one comes when it is told to stop. */
function open({ url, host }: Address, { clock, signal }: { clock: Clock; signal: AbortSignal }): Promise<Held> {
  return new Promise((resolve, reject) => {
    const key = randomBytes(16).toString('base64');
    const headers = { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' };
    const asking = request(url, {
      headers: { ...headers, 'sec-websocket-key': key, ...(host !== undefined && { host }) },
      agent: false,
      timeout: patienceMs,
    });
    asking.once('timeout', () => asking.destroy(new Error(`no WebSocket within ${patienceMs} ms`)));
    asking.once('error', reject);
    asking.once('response', ({ statusCode }) => reject(new Error(`no WebSocket: ${statusCode}`)));
    asking.once('upgrade', (_, socket: Duplex, head: Buffer) => {
      let told: number | undefined;
      const over = new Promise<Pick<Ended, 'lasted'>>((end) => {
        socket.once('close', () => end(told === undefined ? {} : { lasted: clock.monotonic() - told }));
      });
      socket.on('error', () => socket.destroy());
      signal.addEventListener('abort', () => socket.destroy(), { once: true });
      let named = false;
      const hear = (frames: Buffer) => {
        const end = 2 + (frames[1] ?? 0);
        if (named || frames.length > end) told ??= clock.monotonic();
        if (!named) resolve({ pod: frames.subarray(2, end).toString(), over });
        named = true;
      };
      if (head.length > 0) hear(head);
      socket.on('data', hear);
      void over.then(() => reject(new Error('the WebSocket ended before its first word')));
    });
    asking.end();
  });
}

/** The kubelet counts from another moment than the app. */
const toleranceMs = 1500;

/** Those that ended although their app was not told to stop, or not long enough after it. */
export function endedEarly(ended: readonly Ended[], graceMs: number): Ended[] {
  return ended.filter(({ lasted = 0 }) => lasted < graceMs - toleranceMs);
}
