import { isDeepStrictEqual } from 'node:util';

type Fields = Record<string, unknown>;

/**
 * What must be sent as a JSON merge patch to make `stored` hold `wanted`; undefined when it does already. A field that
 * is undefined in `wanted` is removed. Lists are replaced whole.
 */
export function mergePatch(stored: object, wanted: object): Fields | undefined {
  const changes = Object.entries(wanted).flatMap(([name, next]: [string, unknown]) => {
    const change = difference((stored as Fields)[name], next);
    return change === undefined ? [] : [[name, change] as const];
  });
  return changes.length === 0 ? undefined : Object.fromEntries(changes);
}

function difference(old: unknown, next: unknown): unknown {
  if (next === undefined || next === null) return old === undefined || old === null ? undefined : null;
  if (isFields(old) && isFields(next)) return mergePatch(old, allKeys(old, next));
  const sent = asSent(next);
  return isDeepStrictEqual(old, sent) ? undefined : sent;
}

/** A field that is undefined inside a list never arrives at the server, so that it must not count as a difference. */
function asSent(value: unknown): unknown {
  return Array.isArray(value) ? JSON.parse(JSON.stringify(value)) : value;
}

/** A nested object is wanted whole: what it no longer has goes. */
function allKeys(old: Fields, next: Fields): Fields {
  const gone = Object.keys(old).map((name) => [name, undefined] as const);
  return { ...Object.fromEntries(gone), ...next };
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
