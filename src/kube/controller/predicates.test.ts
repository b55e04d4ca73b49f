import { expect, it } from 'vitest';
import { anObject } from '../../../test/support/manual-informer.ts';
import type { ObjectMeta } from '../object/object.ts';
import type { Predicate } from './change.ts';
import {
  allOf,
  annotationsChanged,
  anyOf,
  generationChanged,
  labelsChanged,
  not,
  resourceVersionChanged,
} from './predicates.ts';

const ab = { a: '2', b: '1' };
const ba = { b: '1', a: '2' };
const yes: Predicate = () => true;
const no: Predicate = () => false;
const update = (old: ObjectMeta, object: ObjectMeta) =>
  ({ type: 'update', old: anObject(old), object: anObject(object) }) as const;
const any = update({}, {});

it.each<[string, Predicate, [old: ObjectMeta, object: ObjectMeta], boolean]>([
  ['generation: passes a new one', generationChanged, [{ generation: 1 }, { generation: 2 }], true],
  ['generation: drops the same', generationChanged, [{ generation: 1 }, { generation: 1 }], false],
  ['generation: drops kinds without one', generationChanged, [{}, {}], false],
  ['version: passes a new one', resourceVersionChanged, [{ resourceVersion: '1' }, { resourceVersion: '2' }], true],
  ['version: drops a resync', resourceVersionChanged, [{ resourceVersion: '1' }, { resourceVersion: '1' }], false],
  ['labels: passes another value', labelsChanged, [{ labels: { a: '1' } }, { labels: { a: '2' } }], true],
  ['labels: passes one more', labelsChanged, [{ labels: { a: '1' } }, { labels: { a: '1', b: '1' } }], true],
  ['labels: passes one less', labelsChanged, [{ labels: { a: '1', b: '1' } }, { labels: { a: '1' } }], true],
  ['labels: passes another name', labelsChanged, [{ labels: { a: '1' } }, { labels: { b: '1' } }], true],
  ['labels: drops the same in another order', labelsChanged, [{ labels: ab }, { labels: ba }], false],
  ['labels: drops none and empty', labelsChanged, [{}, { labels: {} }], false],
  ['labels: does not look at annotations', labelsChanged, [{}, { annotations: { a: '1' } }], false],
  ['annotations: passes another value', annotationsChanged, [{ annotations: { a: '1' } }, { annotations: ab }], true],
  ['annotations: passes one less', annotationsChanged, [{ annotations: ab }, {}], true],
  ['annotations: drops the same', annotationsChanged, [{ annotations: ab }, { annotations: ba }], false],
  ['annotations: does not look at labels', annotationsChanged, [{}, { labels: { a: '1' } }], false],
])('%s', (_, predicate, states, passes) => {
  expect(predicate(update(...states))).toBe(passes);
});

it.each([generationChanged, resourceVersionChanged, labelsChanged, annotationsChanged])(
  'adding and deleting always pass',
  (predicate) => {
    expect(predicate({ type: 'add', object: anObject(), isInitialList: false })).toBe(true);
    expect(predicate({ type: 'delete', object: anObject() })).toBe(true);
  },
);

it('allOf passes what all pass', () => {
  expect([allOf(yes, yes)(any), allOf(yes, no)(any), allOf(no, no)(any)]).toEqual([true, false, false]);
});

it('anyOf passes what one passes', () => {
  expect([anyOf(yes, yes)(any), anyOf(no, yes)(any), anyOf(no, no)(any)]).toEqual([true, true, false]);
});

it('not turns the answer round', () => {
  expect([not(yes)(any), not(no)(any)]).toEqual([false, true]);
});
