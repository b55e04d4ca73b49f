import { z } from 'zod';
import { parsedObject, type RawObject, rawObject } from './raw-object.ts';
import { MemberCursor, ScanError } from './scan.ts';
import { orUndecodable, parseJson } from './undecodable.ts';

const listMetadata = z.object({ resourceVersion: z.string().min(1), continue: z.string().optional() });
const listPage = z.object({ metadata: listMetadata, items: z.array(z.unknown()).nullable() });

export type PageMetadata = z.infer<typeof listMetadata>;

/**
 * Reads a page of a list object by object, and returns what the page says of itself when all are taken. A list that the
 * server sends in one piece may have 50 MB; parsed at once it would hold up everything else for half a second.
 *
 * A page that the scanner cannot read is parsed whole, and its objects may then come twice.
 */
export function* readPage(body: Buffer): Generator<RawObject, PageMetadata, undefined> {
  try {
    return yield* scanPage(body);
  } catch (error) {
    if (!(error instanceof ScanError)) throw error;
    const { items, metadata } = orUndecodable(() => listPage.parse(parseJson(body.toString())));
    const each = body.length / Math.max(items?.length ?? 0, 1);
    for (const item of items ?? []) yield parsedObject(item, each);
    return metadata;
  }
}

function* scanPage(body: Buffer): Generator<RawObject, PageMetadata, undefined> {
  let metadata: unknown;
  const list = new MemberCursor(body, 0);
  while (list.next()) {
    if (list.keyIs('metadata')) metadata = parseJson(body.toString('utf8', list.value, list.skip()));
    else if (list.keyIs('items') && isArray(body, list.value)) yield* readItems(body, list);
    else list.skip();
  }
  return orUndecodable(() => listMetadata.parse(metadata));
}

function* readItems(body: Buffer, list: MemberCursor): Generator<RawObject, void, undefined> {
  for (const { start, end } of list.elements()) yield rawObject(body, start, end);
}

/** An empty list of some kinds has `"items":null`. */
function isArray(body: Buffer, position: number): boolean {
  const openBracket = 0x5b;
  return body[position] === openBracket;
}
