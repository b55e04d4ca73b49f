/**
 * Finds its way through JSON text without parsing it. A watch line is mostly bytes that nobody will look at (bookkeeping
 * of field ownership, objects that we have already), and finding a name costs a tenth of parsing the object.
 *
 * It reads only what the API server writes: JSON without blanks. Whatever else it meets is a ScanError, and the caller
 * parses the whole text instead.
 */

const quote = 0x22;
const comma = 0x2c;
const colon = 0x3a;
const backslash = 0x5c;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

export class ScanError extends Error {
  constructor(position: number) {
    super(`scan JSON: unexpected text at byte ${position}`);
    this.name = 'ScanError';
  }
}

export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Walks over the members of one JSON object. After `next`, either `skip` the value or read it and `skip` then. */
export class MemberCursor {
  /** Where the key's opening quote stands. */
  keyOpen = 0;
  /** Where the value begins. */
  value = 0;
  private keyEnd = 0;
  private position: number;
  private first = true;
  private readonly bytes: Buffer;

  /** `open` is the position of the object's opening brace. */
  constructor(bytes: Buffer, open: number) {
    expect(bytes, open, openBrace);
    this.bytes = bytes;
    this.position = open + 1;
  }

  /** Moves to the next member; false at the end of the object. */
  next(): boolean {
    const { bytes } = this;
    if (bytes[this.position] === closeBrace) return false;
    if (!this.first) expect(bytes, this.position++, comma);
    this.first = false;
    expect(bytes, this.position, quote);
    this.keyOpen = this.position;
    this.keyEnd = endOfString(bytes, this.position) - 1;
    expect(bytes, this.keyEnd + 1, colon);
    this.value = this.keyEnd + 2;
    return true;
  }

  keyIs(name: string): boolean {
    const start = this.keyOpen + 1;
    if (this.keyEnd - start !== name.length) return false;
    for (let i = 0; i < name.length; i++) if (this.bytes[start + i] !== name.charCodeAt(i)) return false;
    return true;
  }

  /** Moves behind the value and returns the position there. */
  skip(): number {
    this.position = endOfValue(this.bytes, this.value);
    return this.position;
  }

  /** The value as text, and moves behind it. Only for strings without escapes: names and versions never have any. */
  text(): string {
    expect(this.bytes, this.value, quote);
    const end = this.skip();
    const text = this.bytes.toString('utf8', this.value + 1, end - 1);
    if (text.includes('\\')) throw new ScanError(this.value);
    return text;
  }

  /** Where each element of the array begins and ends; moves behind the array when all were taken. */
  *elements(): Generator<Span, void, undefined> {
    const { bytes, value } = this;
    expect(bytes, value, openBracket);
    let start = value + 1;
    while (bytes[start] !== closeBracket) {
      if (start > value + 1) expect(bytes, start++, comma);
      const end = endOfValue(bytes, start);
      yield { start, end };
      start = end;
    }
    this.position = start + 1;
  }
}

/** The position behind the value that begins at `start`. */
function endOfValue(bytes: Buffer, start: number): number {
  const first = bytes[start];
  if (first === quote) return endOfString(bytes, start);
  if (first === openBrace || first === openBracket) return endOfNested(bytes, start);
  return endOfLiteral(bytes, start);
}

function endOfNested(bytes: Buffer, start: number): number {
  const { length } = bytes;
  let depth = 0;
  for (let i = start; i < length; i++) {
    const byte = bytes[i];
    if (byte === quote) i = endOfString(bytes, i) - 1;
    else if (byte === openBrace || byte === openBracket) depth++;
    else if ((byte === closeBrace || byte === closeBracket) && --depth === 0) return i + 1;
  }
  throw new ScanError(length);
}

function endOfString(bytes: Buffer, open: number): number {
  const { length } = bytes;
  for (let i = open + 1; i < length; i++) {
    const byte = bytes[i];
    if (byte === quote) return i + 1;
    if (byte === backslash) i++;
  }
  throw new ScanError(length);
}

function endOfLiteral(bytes: Buffer, start: number): number {
  for (let i = start; i < bytes.length; i++) {
    const byte = bytes[i];
    if (byte === comma || byte === closeBrace || byte === closeBracket) return i;
  }
  throw new ScanError(bytes.length);
}

function expect(bytes: Buffer, position: number, byte: number): void {
  if (bytes[position] !== byte) throw new ScanError(position);
}
