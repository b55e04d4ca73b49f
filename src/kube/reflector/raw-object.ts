import { formatKey } from '../object/key.ts';
import type { KubeObject, StoredObject } from '../object/object.ts';
import { MemberCursor, ScanError } from './scan.ts';
import { parseJson, UndecodableError } from './undecodable.ts';

const noIdentity = 'an object has no metadata.name or no metadata.resourceVersion';

/** An object that was found in the text but not parsed yet: enough to tell whether it is worth parsing. */
export interface RawObject {
  /** `namespace/name`. */
  readonly key: string;
  readonly version: string;
  /** Length of its text. */
  readonly bytes: number;
  /** Parses the object, without its managedFields. */
  parse(): StoredObject;
}

/** What stands between `start` and `end` is an object. Throws when it has no name or version. */
export function rawObject(bytes: Buffer, start: number, end: number): RawObject {
  try {
    return peek(bytes, start, end);
  } catch (error) {
    if (!(error instanceof ScanError)) throw error;
    return parsedObject(parseJson(bytes.toString('utf8', start, end)), end - start);
  }
}

/** The same for an object that had to be parsed to be read. */
export function parsedObject(value: unknown, bytes: number): RawObject {
  const object = value as KubeObject | null;
  const { name, namespace, resourceVersion, ...metadata } = Object(object?.metadata) as KubeObject['metadata'];
  if (typeof name !== 'string' || typeof resourceVersion !== 'string') throw new UndecodableError(noIdentity);
  const place = typeof namespace === 'string' ? { namespace } : {};
  const kept = { ...withoutManagedFields(metadata), ...place, name, resourceVersion };
  const stored = { ...object, metadata: kept } as StoredObject;
  return { key: formatKey({ ...place, name }), version: resourceVersion, bytes, parse: () => stored };
}

interface Cut {
  start: number;
  end: number;
}

function peek(bytes: Buffer, start: number, end: number): RawObject {
  const object = new MemberCursor(bytes, start);
  while (object.next() && !object.keyIs('metadata')) object.skip();
  const metadata = new MemberCursor(bytes, object.value);
  let name = '';
  let namespace = '';
  let version = '';
  let cut: Cut | undefined;
  while (metadata.next()) {
    if (metadata.keyIs('name')) name = metadata.text();
    else if (metadata.keyIs('namespace')) namespace = metadata.text();
    else if (metadata.keyIs('resourceVersion')) version = metadata.text();
    else if (metadata.keyIs('managedFields')) cut = cutOf(bytes, metadata.keyOpen, metadata.skip());
    else metadata.skip();
  }
  if (name === '' || version === '') throw new UndecodableError(noIdentity);
  return {
    key: formatKey({ namespace, name }),
    version,
    bytes: end - start,
    parse: () => parse(bytes, start, end, cut),
  };
}

/** The member and one of the commas beside it. */
function cutOf(bytes: Buffer, start: number, end: number): Cut {
  const comma = 0x2c;
  if (bytes[end] === comma) return { start, end: end + 1 };
  if (bytes[start - 1] === comma) return { start: start - 1, end };
  return { start, end };
}

function parse(bytes: Buffer, start: number, end: number, cut: Cut | undefined): StoredObject {
  const text =
    cut === undefined
      ? bytes.toString('utf8', start, end)
      : bytes.toString('utf8', start, cut.start) + bytes.toString('utf8', cut.end, end);
  return parseJson(text) as StoredObject;
}

function withoutManagedFields(metadata: object): object {
  const { managedFields: _, ...kept } = metadata as { managedFields?: unknown };
  return kept;
}
