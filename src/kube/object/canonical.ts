/**
 * The same text for the same value, whatever the order of its keys: the API server keeps none. Undefined fields count as
 * absent, as they do in JSON. For hashes that have to last longer than a process.
 */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => (isFields(part) ? sorted(part) : part));
}

/** The same value with its keys in order, as the API server writes them. */
export function inOrder<T>(value: T): T {
  return JSON.parse(canonical(value)) as T;
}

/** Without a prototype, so that a key called __proto__ is a key like any other. */
function sorted(fields: object): object {
  const entries = Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.assign(Object.create(null) as object, Object.fromEntries(entries));
}

function isFields(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
