import { expect, it } from 'vitest';
import { fc } from '../../../test/support/properties.ts';
import { LineSplitter } from './lines.ts';

it('gives the same lines however the bytes are cut, also inside a character', () => {
  const lines = fc.array(fc.string({ unit: 'binary', minLength: 1 }).map(withoutNewlines), { maxLength: 8 });
  fc.assert(
    fc.property(lines, fc.array(fc.nat(200), { maxLength: 20 }), (texts, cuts) => {
      const bytes = Buffer.from(texts.map((text) => `${text}\n`).join(''));

      expect(split(chop(bytes, cuts))).toEqual(texts);
    }),
  );
});

it('keeps a line back until its newline has come', () => {
  expect(split([Buffer.from('one\ntw'), Buffer.from('o')])).toEqual(['one']);
});

it('leaves out empty lines', () => {
  expect(split([Buffer.from('\n\none\n\n')])).toEqual(['one']);
});

it('refuses a line that grows beyond the limit, before its end has come', () => {
  const splitter = new LineSplitter(10);

  expect([...splitter.push(Buffer.from('12345'))]).toEqual([]);
  expect(() => [...splitter.push(Buffer.from('678901'))]).toThrow('a line of more than 10 bytes');
});

function withoutNewlines(text: string): string {
  return text.toWellFormed().replaceAll('\n', '') || 'x';
}

function chop(bytes: Buffer, cuts: number[]): Buffer[] {
  const places = [0, ...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b), bytes.length];
  return places.slice(1).map((end, i) => bytes.subarray(places[i], end));
}

function split(chunks: Buffer[]): string[] {
  const splitter = new LineSplitter(1 << 20);
  return chunks.flatMap((chunk) => [...splitter.push(chunk)].map(String));
}
