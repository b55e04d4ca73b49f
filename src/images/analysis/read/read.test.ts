import { expect, it } from 'vitest';
import { fc } from '../../../../test/support/properties.ts';
import { memoryTree } from '../tree/memory-tree.ts';
import { AnalysisError } from '../tree/tree.ts';
import { at, readJson, textAt } from './json.ts';
import { readToml } from './toml.ts';
import { xmlElements } from './xml.ts';
import { yamlList } from './yaml-list.ts';

const toml = (text: string) => JSON.parse(JSON.stringify(readToml(memoryTree({ f: text }), 'f'))) as unknown;

it('reads TOML as manifests have it', () => {
  const text = `# head
a = "x\\"y" # tail
'b c' = 'raw\\n'
d.e = [1, "two", [true],
  { f = "g" }, ]
[table."q.r"]
long = """
two "lines"
"""
[[list]]
name = "one"
[list.sub]
x = 2026-01-01
[[list]]
name = "two"
`;

  expect(toml(text)).toEqual({
    a: 'x"y',
    'b c': 'raw\\n',
    d: { e: ['1', 'two', [true], { f: 'g' }] },
    table: { 'q.r': { long: '\ntwo "lines"\n' } },
    list: [{ name: 'one', sub: { x: '2026-01-01' } }, { name: 'two' }],
  });
});

it.each(['a', '[a', 'a = "', 'a = [1', 'a = 1\na.b = 2', '[a]\n[[a]]', `a = ${'['.repeat(100)}`, '= 1'])(
  'says what is wrong with the TOML %j',
  (text) => {
    expect(() => toml(text)).toThrow(/^f is no TOML \(/);
  },
);

it('reads JSON with comments and a last comma, but nothing inside of texts', () => {
  const text = '{ // one\n "a": "// no, /* no */ ,}", /* two */ "b": [1, 2, ],\n}';

  expect(readJson(memoryTree({ 'x.jsonc': text }), 'x.jsonc')).toEqual({ a: '// no, /* no */ ,}', b: [1, 2] });
});

it('sees only what a file itself has', () => {
  const json = readJson(memoryTree({ 'a.json': '{"__proto__": {"x": "y"}}' }), 'a.json');

  expect(at(json, 'constructor')).toBeUndefined();
  expect(textAt(json, 'x')).toBeUndefined();
  expect(Object.keys(toml('__proto__.x = "y"\n[constructor]\na = 1') as object)).toEqual(['__proto__', 'constructor']);
  expect(({} as { x?: string }).x).toBeUndefined();
});

it('reads elements of XML with their path', () => {
  const text = '<?xml?><!-- <no> --><p a="1"><q>one</q><r/><q>t<b>x</b>wo</q></p><unfinished';

  expect(xmlElements(text)).toEqual([
    { path: 'p/q', attributes: '', text: 'one' },
    { path: 'p/r', attributes: '', text: '' },
    { path: 'p/q/b', attributes: '', text: 'x' },
    { path: 'p/q', attributes: '', text: 'two' },
    { path: 'p', attributes: 'a="1"', text: '' },
  ]);
});

it.each([
  ["packages:\n  # words\n  - 'apps/*' # more\n  - libs/**\n\nonlyBuiltDependencies:\n  - x\n", ['apps/*', 'libs/**']],
  ['packages: ["a/*", \'!b\']\n', ['a/*', '!b']],
  ['other: 1\npackages: &a\n', []],
  ['other:\n  - packages\n', []],
])('reads the list in %j', (text, list) => {
  expect(yamlList(memoryTree({ f: text }), 'f', 'packages')).toEqual(list);
});

const fragments = fc.constantFrom(
  '[',
  ']',
  '{',
  '}',
  '"',
  "'",
  '=',
  '.',
  '\n',
  '#',
  '\\',
  '/*',
  '*/',
  '//',
  '<',
  '>',
  '</',
  '<!--',
  ':',
  '- ',
  '&',
  '*',
  'a',
  '1',
  ' ',
  ',',
);
const hostile = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(fragments, { maxLength: 300 }).map((parts) => parts.join('')),
);

it.each([
  ['JSON', (tree: ReturnType<typeof memoryTree>) => readJson(tree, 'x.jsonc')],
  ['TOML', (tree: ReturnType<typeof memoryTree>) => readToml(tree, 'x.jsonc')],
  ['YAML', (tree: ReturnType<typeof memoryTree>) => yamlList(tree, 'x.jsonc', 'a')],
  ['XML', (tree: ReturnType<typeof memoryTree>) => xmlElements(tree.read('x.jsonc') ?? '')],
])('ends with a value or a sentence, whatever is in the %s', (_, read) => {
  fc.assert(
    fc.property(hostile, (text) => {
      expect(problemOf(() => read(memoryTree({ 'x.jsonc': text })))).toBeInstanceOf(AnalysisError);
    }),
  );
});

/** A sentence for its author, or none. */
function problemOf(read: () => unknown): unknown {
  try {
    read();
    return new AnalysisError('');
  } catch (error) {
    return error;
  }
}

it('is through with a long file of the worst at once', () => {
  for (const part of [
    '[',
    '{"a":',
    '"\\',
    '/*',
    '//',
    ', ',
    '<a>',
    '<a ',
    '<!--',
    '[[a',
    'a.',
    '= ',
    '- ',
    '&a ',
    'a: {',
  ]) {
    const text = part.repeat(2 ** 18 / part.length);
    for (const read of [readJson, readToml]) {
      expect(() => read(memoryTree({ 'x.jsonc': text }), 'x.jsonc')).toThrow(AnalysisError);
    }
    expect(xmlElements(text).length).toBeLessThanOrEqual(20_000);
  }
});
