import { expect, it } from 'vitest';
import { recreateSizes } from './recreate.ts';

const next = { release: 2, replicas: 0, pods: 0 };
const live = { release: 1, replicas: 3, pods: 3 };
const sizes = (input: Partial<Parameters<typeof recreateSizes>[0]>) =>
  Object.fromEntries(recreateSizes({ desired: 3, next, others: [live], paused: false, ...input }));

it('ends every other release first', () => {
  expect(sizes({})).toEqual({ 1: 0, 2: 0 });
});

it('waits for the last pod, also one that is ending', () => {
  expect(sizes({ others: [{ ...live, replicas: 0, pods: 1 }] })).toEqual({ 1: 0, 2: 0 });
});

it('then starts the next one in full', () => {
  expect(sizes({ others: [{ ...live, replicas: 0, pods: 0 }] })).toEqual({ 1: 0, 2: 3 });
});

it('scales what serves while it is paused, and starts nothing', () => {
  expect(sizes({ desired: 5, paused: true })).toEqual({ 1: 5, 2: 0 });
});

it('follows the scale when nothing is left to end', () => {
  expect(sizes({ desired: 1, next: { release: 2, replicas: 3, pods: 3 }, others: [] })).toEqual({ 2: 1 });
});
