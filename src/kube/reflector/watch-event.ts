import { z } from 'zod';
import { parsedObject, type RawObject, rawObject } from './raw-object.ts';
import { MemberCursor, ScanError } from './scan.ts';
import { orUndecodable, parseJson, UndecodableError } from './undecodable.ts';

export type ChangeType = 'ADDED' | 'MODIFIED' | 'DELETED';

export type WatchEvent =
  | { type: ChangeType; raw: RawObject }
  /** Everything up to `version` was sent; with `initialEventsEnd`, the initial list is complete as well. */
  | { type: 'BOOKMARK'; version: string; initialEventsEnd: boolean }
  | { type: 'ERROR'; status: unknown };

const bookmark = z.object({
  metadata: z.object({
    resourceVersion: z.string().min(1),
    annotations: z.record(z.string(), z.string()).optional(),
  }),
});

const envelope = z.object({ type: z.string(), object: z.unknown() });

/** Reads one line of a watch. Throws an UndecodableError when it is not an event that we know. */
export function readEvent(line: Buffer): WatchEvent {
  const found = findObject(line);
  if (found !== undefined && isChange(found.type)) {
    return { type: found.type, raw: rawObject(line, found.start, found.end) };
  }
  const { type, object } = orUndecodable(() => envelope.parse(parseJson(line.toString())));
  if (isChange(type)) return { type, raw: parsedObject(object, line.length) };
  if (type === 'BOOKMARK') return readBookmark(object);
  if (type === 'ERROR') return { type, status: object };
  throw new UndecodableError(`unknown event type ${JSON.stringify(type.slice(0, 40))}`);
}

function readBookmark(object: unknown): WatchEvent {
  const { metadata } = orUndecodable(() => bookmark.parse(object));
  const initialEventsEnd = metadata.annotations?.['k8s.io/initial-events-end'] === 'true';
  return { type: 'BOOKMARK', version: metadata.resourceVersion, initialEventsEnd };
}

/** The usual form: `{"type":"...","object":{...}}`, the object last. Undefined when the line has another form. */
function findObject(line: Buffer): { type: string; start: number; end: number } | undefined {
  try {
    const event = new MemberCursor(line, 0);
    if (!event.next() || !event.keyIs('type')) return undefined;
    const type = event.text();
    if (!event.next() || !event.keyIs('object')) return undefined;
    return endsWithObject(line) ? { type, start: event.value, end: line.length - 1 } : undefined;
  } catch (error) {
    if (error instanceof ScanError) return undefined;
    throw error;
  }
}

function endsWithObject(line: Buffer): boolean {
  const closeBrace = 0x7d;
  return line.at(-1) === closeBrace && line.at(-2) === closeBrace;
}

function isChange(type: string): type is ChangeType {
  return type === 'ADDED' || type === 'MODIFIED' || type === 'DELETED';
}
