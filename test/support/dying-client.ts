import type { Client } from '../../src/kube/client/client.ts';
import type { MemoryClient } from './memory-client.ts';

const reads = new Set(['get', 'list']);

/** A way to `target` for a process that dies as soon as the server has done so many of its writes, and before it hears of the last. */
export function dyingAfter(
  target: MemoryClient,
  writes: number,
): { readonly client: Client; readonly isAlive: () => boolean } {
  let left = writes;
  const client = new Proxy(target, {
    get:
      (server, verb: keyof Client) =>
      async (...args: unknown[]) => {
        const answer = await (server[verb] as (...all: unknown[]) => Promise<unknown>)(...args);
        const isDryRun = (args[2] as { dryRun?: boolean } | undefined)?.dryRun === true;
        if (!reads.has(verb) && !isDryRun && --left <= 0) throw new Error('died with its write');
        return answer;
      },
  });
  return { client, isAlive: () => left > 0 };
}
