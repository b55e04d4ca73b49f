import { systemClock } from '../../src/seams/system.ts';

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
 * Counts what is alive now; ask again at the end of a test. Timers that were unref'd are not seen: a module that keeps
 * such timers must be asked itself.
 */
export function watchForLeaks(): LeakDetector {
  const before = census();
  return {
    async expectNone(withinMs = 2_000) {
      const deadline = systemClock.monotonic() + withinMs;
      let found = surplus(before);
      while (found.length > 0 && systemClock.monotonic() < deadline) {
        await new Promise((resolve) => setImmediate(resolve));
        found = surplus(before);
      }
      if (found.length > 0) throw new Error(`Still alive at the end: ${found.join(', ')}. Close what the test opened.`);
    },
  };
}

function census(): Map<string, number> {
  const counts = new Map<string, number>();
  for (const kind of process.getActiveResourcesInfo()) {
    if (watched.has(kind)) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return counts;
}

function surplus(before: ReadonlyMap<string, number>): string[] {
  return [...census()]
    .map(([kind, count]) => ({ kind, more: count - (before.get(kind) ?? 0) }))
    .filter(({ more }) => more > 0)
    .map(({ kind, more }) => `${more} ${kind}`);
}
