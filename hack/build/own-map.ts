/** What is read of a source map, version 3. */
export interface SourceMap {
  version: number;
  sources: readonly string[];
  names: readonly string[];
  mappings: string;
  sourcesContent?: readonly (string | null)[];
}

/** One place: column, and unless it is foreign, the index of its source, line, column and perhaps name. */
type Segment = readonly number[];

const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/**
 * The map of our own sources alone, without their text. Node keeps the whole map in memory from the first stack trace
 * on: with the dependencies in it that is 50 MiB, which is half of what an idle operator takes.
 */
export function ownMap(map: SourceMap, isOwn: (source: string) => boolean): SourceMap {
  const sources = map.sources.filter(isOwn);
  const places = new Map(map.sources.map((source, index) => [index, sources.indexOf(source)]));
  const lines = decode(map.mappings).map((line) => ownSegments(line, places));
  return { version: map.version, sources, names: [], mappings: encode(lines) };
}

/** A foreign stretch keeps its first place only, without a source: else it would count as part of what is before it. */
function ownSegments(line: readonly Segment[], places: ReadonlyMap<number, number>): Segment[] {
  const kept: Segment[] = [];
  for (const [column = 0, source = -1, originalLine = 0, originalColumn = 0] of line) {
    const place = places.get(source) ?? -1;
    if (place >= 0) kept.push([column, place, originalLine, originalColumn]);
    else if (kept.at(-1)?.length !== 1) kept.push([column]);
  }
  return kept;
}

/** Fields are written as differences: the column's begin anew on each line, the others' go on. */
function decode(mappings: string): Segment[][] {
  const last = [0, 0, 0, 0, 0];
  return mappings.split(';').map((line) => {
    last[0] = 0;
    return line === ''
      ? []
      : line
          .split(',')
          .map((segment) => numbers(segment).map((value, field) => (last[field] = (last[field] ?? 0) + value)));
  });
}

function encode(lines: readonly (readonly Segment[])[]): string {
  const last = [0, 0, 0, 0, 0];
  const difference = (value: number, field: number) => {
    const text = vlq(value - (last[field] ?? 0));
    last[field] = value;
    return text;
  };
  return lines
    .map((line) => {
      last[0] = 0;
      return line.map((segment) => segment.map(difference).join('')).join(',');
    })
    .join(';');
}

function numbers(segment: string): number[] {
  const found: number[] = [];
  let value = 0;
  let shift = 0;
  for (const character of segment) {
    const digit = digits.indexOf(character);
    value += (digit & 31) << shift;
    shift += 5;
    if (digit >= 32) continue;
    found.push(value & 1 ? -(value >> 1) : value >> 1);
    value = 0;
    shift = 0;
  }
  return found;
}

function vlq(value: number): string {
  let rest = value < 0 ? (-value << 1) | 1 : value << 1;
  let text = '';
  do {
    const more = rest >>> 5 > 0 ? 32 : 0;
    text += digits[(rest & 31) | more];
    rest >>>= 5;
  } while (rest > 0);
  return text;
}
