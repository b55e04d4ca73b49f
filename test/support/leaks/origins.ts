import { createHook, executionAsyncId } from 'node:async_hooks';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Names of async_hooks for what process.getActiveResourcesInfo() calls otherwise. */
const hookNames: Readonly<Record<string, string>> = {
  TCPSocketWrap: 'TCPWRAP',
  TCPServerWrap: 'TCPSERVERWRAP',
  TLSWrap: 'TLSWRAP',
  PipeWrap: 'PIPEWRAP',
  ProcessWrap: 'PROCESSWRAP',
  FSReqCallback: 'FSREQCALLBACK',
};
/** A server begins to listen, and a socket to connect, in a later turn of the loop: who asked is known from this one. */
const betweenTurns = ['TickObject', 'GETADDRINFOREQWRAP'];
const kept = new Set(['HTTP2SESSION', 'Timeout', ...Object.values(hookNames), ...betweenTurns]);
const framesKept = 20;
const turnsKept = 3;

/** No line of this repository asked for it. */
export const nowhereOfOurs = 'somewhere in node or a dependency';

interface Origin {
  type: string;
  /** Where it was made, then where that turn was asked for, and so on. */
  stacks: readonly Error[];
}

const alive = new Map<number, Origin>();

/** From now on it is remembered where each socket, server, timer and child process was made. */
export function rememberOrigins(): void {
  createHook(hooks).enable();
}

/** Where those that are still there were made, oldest first: `src/kube/x.ts:12`. Empty when nobody remembers. */
export function originsOf(kind: string): string[] {
  const type = hookNames[kind] ?? kind;
  return [...alive.values()].filter((each) => each.type === type).map(placeOf);
}

/** Promises are the many, and none of them is a leak. Node has the option; its types do not. */
const hooks = { trackPromises: false, init: remember, destroy: (id: number) => void alive.delete(id) };

function remember(id: number, type: string): void {
  if (!kept.has(type)) return;
  const before = alive.get(executionAsyncId())?.stacks ?? [];
  alive.set(id, { type, stacks: [traced(), ...before].slice(0, turnsKept) });
}

/** The text of the stack is only made when someone asks for it. */
function traced(): Error {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = framesKept;
  const error = new Error('made here');
  Error.stackTraceLimit = limit;
  return error;
}

/** The first frame that is neither node's, nor a dependency's, nor the real clock's: every timer is made there. */
function placeOf({ stacks }: Origin): string {
  for (const line of stacks.flatMap(({ stack = '' }) => stack.split('\n'))) {
    const place = /(?:\(|at (?:async )?)((?:file:\/\/)?\/[^()]+:\d+):\d+\)?$/.exec(line)?.[1];
    if (place === undefined || /\/node_modules\/|\/leaks\/origins\.ts|\/seams\/system\.ts/.test(place)) continue;
    return relative(process.cwd(), place.startsWith('file:') ? fileURLToPath(place) : place);
  }
  return nowhereOfOurs;
}
