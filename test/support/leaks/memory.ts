import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const mib = 2 ** 20;
/** What a finalizer lets go, and what is swept beside the program, is only gone a turn later. */
const rounds = 10;

export interface MemoryWatch {
  /** Throws when more than `limitMiB` are held that were not at the start. */
  expectBounded(limitMiB: number): Promise<void>;
}

/** Measures what cannot be collected now; ask again at the end. `what` opens the message. */
export function watchMemory(what: string): MemoryWatch {
  const before = held();
  return {
    async expectBounded(limitMiB) {
      let grown = growth(before);
      for (let round = 0; round < rounds && grown > limitMiB; round++) {
        await new Promise((resolve) => setImmediate(resolve));
        grown = growth(before);
      }
      if (grown <= limitMiB) return;
      const found = `${grown.toFixed(0)} MiB more than at its start, and ${limitMiB} are allowed`;
      throw new Error(`${what} ${found}. Let go of what the test held, or find who keeps it.`);
    },
  };
}

interface Held {
  reachable: number;
  resident: number;
}

/** A dependency may reserve gigabytes of addresses that it never touches: those are reachable, but not resident. */
function growth(before: Held): number {
  const after = held();
  return Math.min(after.reachable - before.reachable, after.resident - before.resident) / mib;
}

function held(): Held {
  collectGarbage();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { reachable: heapUsed + external, resident: rss };
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;
