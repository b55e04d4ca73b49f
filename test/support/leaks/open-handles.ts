import { systemClock } from '../../../src/seams/system.ts';
import { nowhereOfOurs, originsOf } from './origins.ts';

/** What keeps a process alive when it should not: sockets, servers, timers, child processes. */
const watched: ReadonlySet<string> = new Set([
  'TCPSocketWrap',
  'TCPServerWrap',
  'TLSWrap',
  'HTTP2SESSION',
  'PipeWrap',
  'ProcessWrap',
  'Timeout',
  'FSReqCallback',
]);

export interface LeakDetector {
  /** Throws when, after `withinMs`, more of something is alive than at the start. Default 2 s. */
  expectNone(withinMs?: number): Promise<void>;
}

/**
 * Counts what is alive now; ask again at the end. Timers that were unref'd are not seen: a module that keeps such timers
 * must be asked itself. `what` opens the message.
 */
export function watchForLeaks(what = 'Still alive at the end'): LeakDetector {
  const before = census();
  return {
    async expectNone(withinMs = 2_000) {
      const deadline = systemClock.monotonic() + withinMs;
      let found = surplus(before);
      while (found.length > 0 && systemClock.monotonic() < deadline) {
        await new Promise((resolve) => setImmediate(resolve));
        found = surplus(before);
      }
      if (found.length > 0) throw new Error(`${what}: ${found.map(named).join('; ')}. Close what the test opened.`);
    },
  };
}

interface Surplus {
  kind: string;
  more: number;
}

function named({ kind, more }: Surplus): string {
  const origins = originsOf(kind).slice(-more);
  return origins.length === 0 ? `${more} ${kind}` : `${more} ${kind} from ${origins.join(', ')}`;
}

function census(): Map<string, number> {
  const counts = new Map<string, number>();
  for (const kind of process.getActiveResourcesInfo()) {
    if (watched.has(kind)) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return counts;
}

function surplus(before: ReadonlyMap<string, number>): Surplus[] {
  return [...census()]
    .map(([kind, count]) => ({ kind, more: count - (before.get(kind) ?? 0) }))
    .filter(({ more }) => more > 0)
    .filter((each) => !isOfNodeAlone(each));
}

/**
 * A timer that no line of ours asked for: of a connection that is being made or was broken off, for one. Node ends it by
 * itself, up to two minutes later, and there is nothing that a test could close. Sockets and servers count in any case.
 */
function isOfNodeAlone({ kind, more }: Surplus): boolean {
  if (kind !== 'Timeout') return false;
  const origins = originsOf(kind).slice(-more);
  return origins.length > 0 && origins.every((origin) => origin === nowhereOfOurs);
}
