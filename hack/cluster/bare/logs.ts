import { open } from 'node:fs/promises';
import { sleep } from '../../../src/seams/clock.ts';
import { systemClock } from '../../../src/seams/system.ts';
import type { LogRequest } from '../driver.ts';
import type { Cluster } from './cluster.ts';
import { logFile } from './supervisor.ts';

const pollMs = 300;
const chunk = 64 * 1024;

/** Prints the logs of the named components, one after the other, or all as they grow. */
export async function printLogs(cluster: Cluster, components: readonly string[], request: LogRequest): Promise<void> {
  const chosen = request.component === undefined ? components : [request.component];
  const unknown = chosen.find((name) => !components.includes(name));
  if (unknown) throw new Error(`there is no component "${unknown}"; there are ${components.join(', ')}`);
  const prefix = chosen.length > 1;
  const offsets = new Map<string, number>();
  do {
    for (const name of chosen) {
      offsets.set(name, await printFrom(logFile(cluster, name), offsets.get(name) ?? 0, prefix ? `${name}: ` : ''));
    }
    if (request.follow) await sleep(systemClock, pollMs, request.signal).catch(() => undefined);
  } while (request.follow && !request.signal.aborted);
}

/** Prints whole lines from `offset` on and returns where the next call goes on. */
async function printFrom(file: string, offset: number, prefix: string): Promise<number> {
  const handle = await open(file, 'r').catch(() => undefined);
  if (!handle) return 0;
  try {
    const { size } = await handle.stat();
    let at = size < offset ? 0 : offset;
    let rest = Buffer.alloc(0);
    while (at + rest.length < size) {
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(chunk), 0, chunk, at + rest.length);
      const text = Buffer.concat([rest, buffer.subarray(0, bytesRead)]);
      const end = text.lastIndexOf(0x0a) + 1;
      const lines = text.subarray(0, end).toString('utf8');
      process.stdout.write(prefix === '' ? lines : lines.replaceAll(/^(?=.)/gm, prefix));
      at += end;
      rest = text.subarray(end);
      if (bytesRead === 0) break;
    }
    return at;
  } finally {
    await handle.close();
  }
}
