import { ByteReader } from './byte-reader.ts';

/** One unit of git's framing: a line, or one of the marks between groups of lines. */
export type Packet = { readonly line: string } | 'flush' | 'delimiter' | 'end';

const marks: Readonly<Record<string, Packet>> = { '0000': 'flush', '0001': 'delimiter', '0002': 'end' };
const headerLength = 4;
/** What the format allows in one packet, its header included. */
const maxPacket = 65_520;
/** More than any repository that is known has refs; a stream of empty lines costs time all the same. */
const maxPackets = 2_000_000;

export const delimiter = '0001';
export const flush = '0000';

export function packet(line: string): string {
  const length = headerLength + Buffer.byteLength(line) + 1;
  return `${length.toString(16).padStart(headerLength, '0')}${line}\n`;
}

/** An answer that breaks the protocol; `message` is our own text. */
export class MalformedAnswer extends Error {
  override readonly name = 'MalformedAnswer';
}

/** Reads a body as it comes, one packet in memory at a time. How large the whole may be is the body's own limit. */
export async function* packets(body: AsyncIterable<Uint8Array>): AsyncGenerator<Packet> {
  const reader = new ByteReader(body);
  for (let count = 0; ; count++) {
    const header = await reader.take(headerLength);
    if (header.length === 0) return;
    if (count >= maxPackets) throw new MalformedAnswer('too many lines');
    yield await one(reader, header.toString('latin1'));
  }
}

async function one(reader: ByteReader, header: string): Promise<Packet> {
  const mark = Object.hasOwn(marks, header) ? marks[header] : undefined;
  if (mark !== undefined) return mark;
  const length = /^[0-9a-f]{4}$/i.test(header) ? Number.parseInt(header, 16) : 0;
  if (length < headerLength || length > maxPacket) throw new MalformedAnswer('a line has no valid length');
  const content = await reader.take(length - headerLength);
  if (content.length < length - headerLength) throw new MalformedAnswer('it ends in the middle of a line');
  return { line: content.toString('latin1').replace(/\n$/, '') };
}
