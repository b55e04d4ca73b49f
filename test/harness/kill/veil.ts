import { type Action, linesOf } from '../../support/fault-proxy/actions.ts';
import type { FaultProxy } from '../../support/fault-proxy/fault-proxy.ts';
import { collectionRead, isWatch } from './collections.ts';

export interface Veil {
  /** From now on events are kept back. */
  close(): void;
  /** Of each object only the last event arrives, as if those before it had never been. */
  open(): void;
}

type Event = { type?: string; object?: { metadata?: { uid?: string } } };

/**
 * Between the operator and what it watches, for watches that begin from now on. What happens behind it is seen only as it
 * is in the end: an object that came and went was never there. What an operator takes from single events gets lost so.
 */
export function veil(proxy: FaultProxy): Veil {
  let opened = Promise.resolve();
  let isClosed = false;
  let open = () => {};
  const action: Action = {
    body: (source) => throughVeil(linesOf(source), { isClosed: () => isClosed, opened: () => opened }),
  };
  proxy.fault({ match: collectionRead(isWatch), action });
  return {
    close() {
      isClosed = true;
      ({ promise: opened, resolve: open } = Promise.withResolvers<void>());
    },
    open() {
      isClosed = false;
      open();
    },
  };
}

async function* throughVeil(lines: AsyncIterator<string>, eyes: { isClosed(): boolean; opened(): Promise<void> }) {
  const held = new Map<string, string>();
  let next = lines.next();
  for (;;) {
    const line = await (held.size > 0 ? Promise.race([next, eyes.opened()]) : next);
    if (!eyes.isClosed()) {
      for (const last of held.values()) yield Buffer.from(last);
      held.clear();
    }
    if (line === undefined) continue;
    if (line.done) return;
    if (eyes.isClosed()) hold(held, line.value);
    else yield Buffer.from(line.value);
    next = lines.next();
  }
}

/** What was added and deleted unseen never was; what was added and changed unseen is added as it is then. */
function hold(held: Map<string, string>, line: string): void {
  const { type = '', object } = JSON.parse(line) as Event;
  const uid = object?.metadata?.uid ?? type;
  const before = held.get(uid);
  const wasAdded = before?.startsWith('{"type":"ADDED"') ?? false;
  held.delete(uid);
  if (wasAdded && type === 'DELETED') return;
  held.set(uid, wasAdded ? line.replace('"MODIFIED"', '"ADDED"') : line);
}
