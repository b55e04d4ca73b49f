import { expect, it } from 'vitest';
import type { KubeObject, Stored } from '../../../kube/index.ts';
import { services } from '../../../objects/core.ts';
import { ManualClock } from '../../../seams/manual-clock.ts';
import { OwnWrites } from './own-writes.ts';

const key = 'team/web';
const at = (resourceVersion: string) =>
  ({ metadata: { namespace: 'team', name: 'web', uid: '1', resourceVersion } }) as Stored<KubeObject>;

function begin() {
  const clock = new ManualClock();
  return { clock, own: new OwnWrites(clock) };
}

it('shows what was written over what the cache still shows', () => {
  const { own } = begin();

  own.note(services, at('1'), at('2'));

  expect(own.newest(services, key, at('1'))).toEqual(at('2'));
});

it.each([
  ['shows it', at('2')],
  ['shows what somebody else wrote since', at('3')],
  ['shows that it is gone', undefined],
])('leaves it to the cache when that %s, once and for all', (_, cached) => {
  const { own } = begin();
  own.note(services, at('1'), at('2'));

  expect(own.newest(services, key, cached)).toEqual(cached);
  expect(own.newest(services, key, at('1'))).toEqual(at('1'));
});

it('leaves what is new to the cache', () => {
  const { own } = begin();

  own.note(services, undefined, at('2'));

  expect(own.newest(services, key, undefined)).toBeUndefined();
});

it('believes a cache that does not show it for long', async () => {
  const { clock, own } = begin();
  own.note(services, at('1'), at('2'));

  await clock.advance(10_000);

  expect(own.newest(services, key, at('1'))).toEqual(at('1'));
});
