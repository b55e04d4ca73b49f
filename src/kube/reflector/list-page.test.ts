import { expect, it } from 'vitest';
import { type PageMetadata, readPage } from './list-page.ts';
import { UndecodableError } from './undecodable.ts';

const items = [item('a', '1'), item('b', '2')];

it.each([
  ['typed kinds, metadata first', { kind: 'PodList', metadata: { resourceVersion: '9', continue: 'x' }, items }],
  ['custom resources, sorted members', { apiVersion: 'v1', items, metadata: { continue: 'x', resourceVersion: '9' } }],
])('reads a page of %s', (_, page) => {
  expect(read(JSON.stringify(page))).toEqual([['shop/a@1', 'shop/b@2'], { resourceVersion: '9', continue: 'x' }]);
});

it('reads an empty page, also one that has null for items', () => {
  const metadata = { resourceVersion: '9' };

  expect(read(JSON.stringify({ metadata, items: [] }))).toEqual([[], metadata]);
  expect(read(JSON.stringify({ metadata, items: null }))).toEqual([[], metadata]);
});

it('reads a page with blanks', () => {
  const page = { metadata: { resourceVersion: '9' }, items };

  expect(read(JSON.stringify(page, null, 2))).toEqual([['shop/a@1', 'shop/b@2'], { resourceVersion: '9' }]);
});

it('refuses a page that was cut off or does not say its version', () => {
  const page = JSON.stringify({ items, metadata: { resourceVersion: '9' } });

  for (let end = 0; end < page.length; end++) expect(() => read(page.slice(0, end))).toThrow(UndecodableError);
  expect(() => read(JSON.stringify({ items }))).toThrow(UndecodableError);
});

function item(name: string, resourceVersion: string) {
  return { metadata: { name, namespace: 'shop', resourceVersion }, spec: { text: '],"items":[{' } };
}

function read(text: string): [string[], PageMetadata] {
  const page = readPage(Buffer.from(text));
  const found: string[] = [];
  let step = page.next();
  for (; !step.done; step = page.next()) found.push(`${step.value.key}@${step.value.version}`);
  return [found, step.value];
}
