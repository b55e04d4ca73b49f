import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import type { Duplex } from 'node:stream';
import { type Clock, sleep } from '../../../src/seams/clock.ts';
import type { Address } from '../../e2e/world/visitor.ts';

/** A WebSocket that the other side ended. */
export interface Ended {
  /** Name of the pod that held it. */
  readonly pod: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

export interface Sockets {
  leave(): Promise<{ readonly ended: readonly Ended[]; readonly failed: readonly string[] }>;
}

/** One WebSocket to each address; another one when it ends. */
export function holdSockets(addresses: readonly Address[], clock: Clock): Sockets {
  const ended: Ended[] = [];
  const failed: string[] = [];
  const leaving = new AbortController();
  const stay = async (address: Address) => {
    while (!leaving.signal.aborted) {
      try {
        const { pod, over } = await open(address, leaving.signal);
        await over;
        if (!leaving.signal.aborted) ended.push({ pod, at: clock.now() });
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

/** The app's first and only word is the name of its pod. */
function open({ url, host }: Address, signal: AbortSignal): Promise<{ pod: string; over: Promise<void> }> {
  return new Promise((resolve, reject) => {
    const key = randomBytes(16).toString('base64');
    const headers = { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' };
    const asking = request(url, {
      headers: { ...headers, 'sec-websocket-key': key, ...(host !== undefined && { host }) },
      agent: false,
      timeout: 5000,
    });
    asking.once('timeout', () => asking.destroy(new Error('no WebSocket within 5 s')));
    asking.once('error', reject);
    asking.once('response', ({ statusCode }) => reject(new Error(`no WebSocket: ${statusCode}`)));
    asking.once('upgrade', (_, socket: Duplex, head: Buffer) => {
      const over = new Promise<void>((end) => socket.once('close', () => end()));
      socket.on('error', () => socket.destroy());
      signal.addEventListener('abort', () => socket.destroy(), { once: true });
      const hear = (frame: Buffer) => frame.length > 1 && resolve({ pod: frame.subarray(2).toString(), over });
      if (head.length > 0) hear(head);
      socket.once('data', hear);
      void over.then(() => reject(new Error('the WebSocket ended before its first word')));
    });
    asking.end();
  });
}

/** Those that ended sooner than their pod's grace period; `graceEnds` has its end for each pod that was told to stop. */
export function endedEarly(ended: readonly Ended[], graceEnds: ReadonlyMap<string, number>): Ended[] {
  // The server writes whole seconds.
  const tolerance = 1500;
  return ended.filter(({ pod, at }) => at < (graceEnds.get(pod) ?? Number.POSITIVE_INFINITY) - tolerance);
}
