import { expect, it } from 'vitest';
import { contentVersion as versionFor } from './content-version.ts';

const written = {
  name: 'web',
  namespace: 'shop',
  uid: 'u',
  resourceVersion: '5',
  generation: 1,
  labels: { a: 'b' },
};

const spoken = { labels: { a: 'b' }, annotations: { a: 'b' } };
const contentVersion = (metadata: Parameters<typeof versionFor>[0]) => versionFor(metadata, spoken);

it('stays while only the status changes', () => {
  expect(contentVersion({ ...written, resourceVersion: '9' })).toBe(contentVersion(written));
});

it('stays when the server orders keys in another way', () => {
  const owner = { apiVersion: 'vish.dev/v1alpha1', kind: 'Deployment', name: 'web', uid: 'o', controller: true };
  const { kind, ...rest } = owner;
  const again = { ...written, ownerReferences: [{ ...rest, kind }] };

  expect(contentVersion(again)).toBe(contentVersion({ ...written, ownerReferences: [owner] }));
});

it.each([
  ['a label', { labels: { a: 'b', theirs: 'x' } }],
  ['an annotation', { annotations: { theirs: 'x' } }],
])('stays when somebody else adds %s', (_, fields) => {
  expect(contentVersion({ ...written, ...fields })).toBe(contentVersion(written));
});

it.each([
  ['the specification', { generation: 2 }],
  ['a label', { labels: { a: 'c' } }],
  ['a label that is gone', { labels: {} }],
  ['an annotation', { annotations: { a: 'b' } }],
  ['an owner', { ownerReferences: [] }],
  ['the whole object', { uid: 'other' }],
  ['its end', { deletionTimestamp: '2026-01-01T00:00:00Z' }],
])('changes with %s', (_, fields) => {
  expect(contentVersion({ ...written, ...fields })).not.toBe(contentVersion(written));
});

it('changes with every write of a kind without generations', () => {
  const { generation: _, ...metadata } = written;

  expect(contentVersion({ ...metadata, resourceVersion: '9' })).not.toBe(contentVersion(metadata));
});
