import { describe, expect, it } from 'vitest';
import type { Stored } from '../../../kube/index.ts';
import type { Pod } from '../../../objects/core.ts';
import type { Job } from '../../../objects/workloads.ts';
import { endingOf } from './ending.ts';

const now = Date.UTC(2026, 0, 1);
const metadata = { namespace: 'shop', name: 'web-1-before', uid: 'u', resourceVersion: '1' };

function aJob(type?: string, reason?: string): Stored<Job> {
  const conditions = type === undefined ? [] : [{ type, status: 'True', ...(reason === undefined ? {} : { reason }) }];
  return { metadata, status: { conditions } };
}

function aPod(state: object): Stored<Pod> {
  const app = { name: 'app', image: 'i', imageID: '', ready: false, restartCount: 0, state };
  return { metadata, status: { containerStatuses: [app] } };
}

const ended = (exitCode: number, message: string, finishedAt = '2026-01-01T00:00:00Z') =>
  aPod({ terminated: { exitCode, message, finishedAt } });

describe('a command', () => {
  it('runs until its Job has ended, also when a try of it has failed', () => {
    expect(endingOf(aJob(), [ended(1, 'locked')], now)).toEqual({
      outcome: 'Running',
      message: 'A try has failed. Container app ended with exit code 1: locked',
      ran: true,
    });
  });

  it('tells why no pod of it comes up', () => {
    const pod = aPod({ waiting: { reason: 'ImagePullBackOff', message: 'not found' } });

    expect(endingOf(aJob(), [pod], now)).toEqual({
      outcome: 'Running',
      message: 'A node cannot pull the image: not found.',
      ran: false,
    });
  });

  it('has passed when its Job is complete', () => {
    expect(endingOf(aJob('Complete'), [], now)).toMatchObject({ outcome: 'Passed', ran: true });
  });

  it('that failed tells the exit code and the last lines of the last try', () => {
    const first = ended(1, 'locked', '2026-01-01T00:00:01Z');
    const last = ended(3, `${'x\n'.repeat(800)}no such table:\t orders\n\n`, '2026-01-01T00:00:09Z');

    const { message } = endingOf(aJob('Failed', 'BackoffLimitExceeded'), [last, first], now);

    expect(message).toMatch(/^Container app ended with exit code 3: … .*\| no such table: orders$/u);
    expect(message.length).toBeLessThan(700);
  });

  it('whose pod was put out of its node did not run to an end of its own', () => {
    const pod = ended(143, '');
    const evicted = { ...pod, status: { ...pod.status, conditions: [{ type: 'DisruptionTarget', status: 'True' }] } };

    expect(endingOf(aJob('Failed', 'BackoffLimitExceeded'), [evicted], now)).toEqual({
      outcome: 'Failed',
      message: 'Container app ended with exit code 143. Its pod was put out of its node.',
      ran: false,
    });
    expect(endingOf(aJob('Failed'), [evicted, ended(1, 'slow')], now).ran).toBe(true);
  });

  it('that was killed for its memory says so', () => {
    const pod = aPod({ terminated: { exitCode: 137, reason: 'OOMKilled' } });

    expect(endingOf(aJob('Failed'), [pod], now).message).toBe('Container app was killed for using too much memory.');
  });

  it('that took too long says so, with what it waited for', () => {
    const pod = aPod({ waiting: { reason: 'ErrImagePull', message: 'not found' } });

    expect(endingOf(aJob('Failed', 'DeadlineExceeded'), [pod], now)).toEqual({
      outcome: 'Failed',
      message: 'It had not ended before its deadline. A node cannot pull the image: not found.',
      ran: false,
    });
  });

  it('whose pods are gone is told by the word of its Job', () => {
    expect(endingOf(aJob('Failed', 'BackoffLimitExceeded'), [], now).message).toBe(
      'Its Job failed: BackoffLimitExceeded.',
    );
  });
});
