import type { Service } from '@aws-sdk/client-ecs';
import { expect, it } from 'vitest';
import type { Attempt } from './history.ts';
import { type Known, standingOf } from './standing.ts';

const one = 'arn:aws:ecs:x:1:task-definition/web-r1:1';
const two = 'arn:aws:ecs:x:1:task-definition/web-r2:1';
const theirs = 'arn:aws:ecs:x:1:task-definition/theirs:1';

const active = (taskDefinition: string, rest: Partial<Service> = {}): Service => ({
  status: 'ACTIVE',
  taskDefinition,
  ...rest,
});

const attempt = (target: string | undefined, status: string, rest: Partial<Attempt> = {}): Attempt => ({
  arn: `arn/${status}`,
  status,
  stage: '',
  createdAt: 1,
  target,
  back: undefined,
  why: 'because',
  failures: 0,
  ...rest,
});

const primary = (taskDefinition: string, rolloutState: 'COMPLETED' | 'FAILED' | 'IN_PROGRESS') => ({
  deployments: [{ status: 'PRIMARY', taskDefinition, rolloutState }],
});

/** How release 2 stands. */
function standing(service: Service | undefined, attempts: readonly Attempt[], memory: Known['memory'] = {}): string {
  return standingOf({ service, attempts, serviceName: 'web', family: 'web-r2', memory }).kind;
}

it.each([
  ['there is no service', undefined, [], 'Absent'],
  ['the service was deleted', { status: 'INACTIVE' }, [], 'Absent'],
  ['a deleted one still ends', { status: 'DRAINING' }, [], 'Draining'],
  ['it was never tried', active(one), [attempt(one, 'SUCCESSFUL')], 'Elsewhere'],
  ['it waits', active(two), [attempt(two, 'PENDING')], 'Moving'],
  ['it is under way', active(two), [attempt(two, 'IN_PROGRESS')], 'Moving'],
  ['ECS has a new word for it', active(two), [attempt(two, 'BAKING')], 'Moving'],
  ['it succeeded', active(two), [attempt(two, 'SUCCESSFUL'), attempt(one, 'SUCCESSFUL')], 'Serving'],
  ['ECS is going back from it', active(one), [attempt(two, 'ROLLBACK_IN_PROGRESS', { back: one })], 'GaveUp'],
  ['ECS went back from it', active(one), [attempt(two, 'ROLLBACK_SUCCESSFUL', { back: one })], 'GaveUp'],
  ['ECS could not even go back', active(one), [attempt(two, 'ROLLBACK_FAILED', { back: one })], 'GaveUp'],
  ['somebody stopped it', active(two), [attempt(two, 'STOPPED')], 'GaveUp'],
  ['ECS is going back to it', active(two), [attempt(one, 'ROLLBACK_IN_PROGRESS', { back: two })], 'Moving'],
  ['ECS went back to it', active(two), [attempt(one, 'ROLLBACK_SUCCESSFUL', { back: two })], 'Serving'],
  ['ECS failed to go back to it', active(two), [attempt(one, 'ROLLBACK_FAILED', { back: two })], 'Elsewhere'],
  ['a later one of ours succeeded', active(one), [attempt(one, 'SUCCESSFUL'), attempt(two, 'SUCCESSFUL')], 'Elsewhere'],
  [
    'a foreign one came later',
    active(theirs),
    [attempt(theirs, 'SUCCESSFUL'), attempt(two, 'SUCCESSFUL')],
    'Superseded',
  ],
  ['a foreign one is not listed yet', active(theirs), [attempt(two, 'SUCCESSFUL')], 'Superseded'],
  ['its attempt is not listed yet', active(two), [attempt(one, 'SUCCESSFUL')], 'Moving'],
  ['no attempt is listed yet', active(two, primary(two, 'IN_PROGRESS')), [], 'Moving'],
  ['the history is gone after 90 days', active(two, primary(two, 'COMPLETED')), [], 'Serving'],
  ['the history is gone, and it is another one', active(one, primary(one, 'COMPLETED')), [], 'Elsewhere'],
  ['it is the first and cannot start', active(two, primary(two, 'FAILED')), [attempt(two, 'IN_PROGRESS')], 'GaveUp'],
])('when %s', (_, service, attempts, expected) => {
  expect(standing(service, attempts as Attempt[])).toBe(expected);
});

it('tries a release again that failed, once another was seen in its place', () => {
  const failed = attempt(two, 'ROLLBACK_SUCCESSFUL', { back: one });

  expect(standing(active(one), [failed], { deploymentArn: failed.arn, taskDefinitionArn: one })).toBe('Elsewhere');
  expect(standing(active(one), [failed], { deploymentArn: failed.arn, taskDefinitionArn: two })).toBe('GaveUp');
  expect(standing(active(one), [failed], { deploymentArn: 'an-earlier-one', taskDefinitionArn: one })).toBe('GaveUp');
});
