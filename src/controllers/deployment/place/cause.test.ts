import { expect, it } from 'vitest';
import type { DeploymentStatus } from '../../../crds/deployment/status.ts';
import { causeOfWish } from './cause.ts';

const at = (minute: number) => `2026-01-01T00:0${minute}:00Z`;
const retry = { action: 'Retry', value: '2', recordedAt: at(5) } as const;

/** What is wanted is release 2, which began for the last time in this minute. */
function causeWith(began: number): string | undefined {
  const history = [{ number: 2, startedAt: at(began) }] as unknown as DeploymentStatus['history'];
  return causeOfWish({ actions: [retry], ...(history && { history }) }, { number: 2, name: 'web-2' });
}

it('is another try as long as the release has not begun since somebody asked for that', () => {
  expect([causeWith(1), causeWith(5)]).toEqual(['Retry', 'Retry']);
});

it('is no other try when it began after that, and is wanted again for another reason', () => {
  expect(causeWith(6)).toBeUndefined();
});
