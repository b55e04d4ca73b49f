import { readFile } from 'node:fs/promises';
import type { Server } from 'node:https';
import { type Clock, sleep } from '../../seams/clock.ts';
import type { Logger } from '../log/logger.ts';

export interface TlsFiles {
  certFile: string;
  keyFile: string;
}

interface Pair {
  cert: string;
  key: string;
}

/** Files in a Secret's volume are replaced by moving a link, which file watching misses on some file systems. */
const lookMs = 30_000;

export async function readTls({ certFile, keyFile }: TlsFiles): Promise<Pair> {
  const [cert, key] = await Promise.all([readFile(certFile, 'utf8'), readFile(keyFile, 'utf8')]);
  return { cert, key };
}

interface Freshness {
  tls: TlsFiles;
  clock: Clock;
  logger: Logger;
  signal: AbortSignal;
}

/** Takes new files over until `signal` aborts. A pair that does not fit is kept out; the old one goes on serving. */
export async function keepTlsFresh(server: Pick<Server, 'setSecureContext'>, options: Freshness): Promise<void> {
  const { tls, clock, logger, signal } = options;
  let current = '';
  while (!signal.aborted) {
    try {
      const pair = await readTls(tls);
      const next = pair.cert + pair.key;
      if (next !== current) server.setSecureContext({ ...pair, minVersion: 'TLSv1.2' });
      current = next;
    } catch (error) {
      logger.error({ file: tls.certFile, err: error }, 'the TLS files could not be taken over');
    }
    await sleep(clock, lookMs, signal).catch(() => undefined);
  }
}
