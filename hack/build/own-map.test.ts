import { SourceMap as NodeSourceMap } from 'node:module';
import { expect, it } from 'vitest';
import { ownMap } from './own-map.ts';

/** Line 1: own 1:1, then foreign 9:5, then own 2:3. Line 2: foreign only. Line 3: own 40:17, 1000 columns in. */
const map = {
  version: 3,
  sources: ['lib/other.js', 'src/a.ts', 'src/b.ts'],
  names: [],
  sourcesContent: ['x', 'y', 'z'],
  mappings: 'ACAA,UDQI,UCNF;ADMA;w+BEqCgB',
};

const own = ownMap(map, (source) => source.startsWith('src/'));
const read = (result: typeof own) =>
  new NodeSourceMap({ file: 'out.js', sourceRoot: '', sourcesContent: [], ...result } as never);
const place = (result: typeof own, line: number, column: number) => {
  const entry = read(result).findEntry(line, column);
  return 'originalSource' in entry ? `${entry.originalSource}:${entry.originalLine}:${entry.originalColumn}` : 'none';
};

it.each([
  [0, 0],
  [0, 25],
  [2, 1100],
])('says of line %i, column %i what the whole map says', (line, column) => {
  expect(place(own, line, column)).toBe(place(map, line, column));
  expect(place(own, line, column)).toMatch(/^src\//);
});

it.each([
  [0, 12],
  [1, 3],
])('says nothing of line %i, column %i, which is foreign', (line, column) => {
  expect(place(map, line, column)).toMatch(/^lib\//);
  expect(place(own, line, column)).not.toMatch(/lib|src/);
});

it('carries neither the names nor the text of any source', () => {
  expect(own).toEqual({ version: 3, sources: ['src/a.ts', 'src/b.ts'], names: [], mappings: expect.any(String) });
});
