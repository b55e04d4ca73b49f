import { expect, it } from 'vitest';
import { fc } from '../../../test/support/properties.ts';
import { type AdvertisedRef, listedRefs, readAdvertisement } from './advertisement.ts';
import { delimiter, flush, MalformedAnswer, type Packet, packet, packets } from './pkt-line.ts';

async function* inChunks(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes.length === 0 ? bytes.length : (sizes[turn % sizes.length] ?? 1);
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

async function read(bytes: Uint8Array, sizes: readonly number[] = []): Promise<Packet[]> {
  const found: Packet[] = [];
  for await (const packet of packets(inChunks(bytes, sizes))) found.push(packet);
  return found;
}

const line = fc.string({ unit: 'grapheme-ascii', maxLength: 300 });
const sizes = fc.array(fc.integer({ min: 1, max: 50 }), { maxLength: 5 });

it('reads what was written, however the network cuts it', async () => {
  const sent = fc.array(fc.oneof(line, fc.constant(null)), { maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(sent, sizes, async (lines, sizes) => {
      const text = lines.map((line) => (line === null ? delimiter : packet(line))).join('');

      const found = await read(Buffer.from(text), sizes);

      expect(found).toEqual(lines.map((line) => (line === null ? 'delimiter' : { line })));
    }),
  );
});

it('of any bytes makes packets or a MalformedAnswer', async () => {
  const almost = fc
    .array(fc.oneof(fc.constantFrom('0000', '0001', '0003', '0004', 'fff0', 'ffff', '000a', 'version 2\n'), line))
    .map((parts) => Buffer.from(parts.join('')));
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.uint8Array({ maxLength: 400 }), almost), sizes, async (bytes, sizes) => {
      const outcome: unknown = await read(bytes, sizes).catch((error: unknown) => error);

      expect(outcome instanceof MalformedAnswer || Array.isArray(outcome)).toBe(true);
    }),
  );
});

it('of any packets makes refs with valid ids or a MalformedAnswer', async () => {
  const id = fc.constantFrom('0'.repeat(40), 'a'.repeat(64), 'b'.repeat(41), '');
  const ref = fc.tuple(id, fc.constantFrom(' ', '\0', ''), line).map((parts) => parts.join(''));
  const lines = fc.oneof(line, ref, fc.constantFrom('version 2', 'version 1', '# service=git-upload-pack', 'ERR no'));
  const text = fc.array(fc.oneof(lines.map(packet), fc.constant(flush)), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(text, async (parts) => {
      const found = await refsOf(parts.join('')).catch((error: unknown) => {
        if (error instanceof MalformedAnswer) return [];
        throw error;
      });

      expect(found.filter(({ id }) => !/^([0-9a-f]{40}|[0-9a-f]{64})$/.test(id))).toEqual([]);
    }),
  );
});

async function refsOf(text: string) {
  const body = packets(inChunks(Buffer.from(text), []));
  const advertised = await readAdvertisement(body);
  const found: AdvertisedRef[] = [];
  for await (const ref of advertised.version === 1 ? advertised.refs : listedRefs(body)) found.push(ref);
  return found;
}

it.each([
  ['a length that is no number', 'zzzz', 'no valid length'],
  ['a length of less than its own size', '0003', 'no valid length'],
  ['a length beyond the format', 'fff1', 'no valid length'],
  ['an end inside a length', '00', 'no valid length'],
  ['an end inside a line', '0009ab', 'ends in the middle'],
])('refuses %s', async (_what, text, message) => {
  await expect(read(Buffer.from(text))).rejects.toThrow(message);
});

it('does not take a list that breaks off for one without the ref', async () => {
  const body = packet(`${'a'.repeat(40)} refs/heads/other\0caps`);

  await expect(refsOf(body)).rejects.toThrow('ends too early');
});

it('ends with a stream of empty lines that never ends', async () => {
  async function* forever() {
    const many = Buffer.from('0004'.repeat(16_384));
    for (;;) yield many;
  }
  const drain = async () => {
    for await (const packet of packets(forever())) if (packet === 'flush') return;
  };

  await expect(drain()).rejects.toThrow('too many lines');
});
