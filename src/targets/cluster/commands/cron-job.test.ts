import { expect, it } from 'vitest';
import { aDeployment, aRelease } from '../../../../test/support/cluster-place/builders.ts';
import { schedules } from '../../../crds/workload/jobs.ts';
import { cronJobFor, cronJobNameOf } from './cron-job.ts';

const [nightly] = schedules().parse([{ name: 'nightly', cron: '0 3 * * *', command: ['clean'] }]) ?? [];

function aCronJob(suspend = false) {
  if (nightly === undefined) throw new Error('the schema dropped it');
  return cronJobFor(aDeployment(), nightly, { release: aRelease(), suspend });
}

it('runs the command of a schedule as the live release would, and never all that was missed at once', () => {
  expect(aCronJob()).toMatchObject({
    metadata: { name: 'web-nightly', ownerReferences: [{ kind: 'Deployment', name: 'web' }] },
    spec: {
      schedule: '0 3 * * *',
      timeZone: 'Etc/UTC',
      concurrencyPolicy: 'Forbid',
      startingDeadlineSeconds: 120,
      suspend: false,
      jobTemplate: {
        spec: {
          backoffLimit: 0,
          activeDeadlineSeconds: 3600,
          template: {
            metadata: { labels: { 'vish.dev/schedule-of': 'web', 'vish.dev/schedule': 'nightly' } },
            spec: { restartPolicy: 'Never', containers: [{ name: 'app', command: ['clean'] }] },
          },
        },
      },
    },
  });
  expect(JSON.stringify(aCronJob())).not.toContain('readinessProbe');
});

it('stands still where it is told to', () => {
  expect(aCronJob(true)).toMatchObject({ spec: { suspend: true } });
});

it('keeps within the length of a name, and two long names apart', () => {
  const named = (name: string) => ({ ...aDeployment(), metadata: { name } });
  const long = 'a'.repeat(50);

  expect(cronJobNameOf(named(long), 'clean')).toHaveLength(52);
  expect(cronJobNameOf(named(long), 'clean')).not.toBe(cronJobNameOf(named(long), 'count'));
});

it('runs in the first container of a release that was taken over, whatever its name', () => {
  const sidecar = { name: 'proxy', image: 'proxy:1' };
  const template = {
    spec: { containers: [{ name: 'main', image: 'old:1', ports: [{ containerPort: 80 }] }, sidecar] },
  };
  const rendered = { template, replicaSet: { name: 'old-1', uid: 'u' } };
  if (nightly === undefined) throw new Error('the schema dropped it');

  const job = cronJobFor(aDeployment(), nightly, { release: aRelease({}, { rendered }), suspend: false });

  expect(job).toHaveProperty('spec.jobTemplate.spec.template.spec.containers', [
    { name: 'main', image: 'old:1', command: ['clean'], terminationMessagePolicy: 'FallbackToLogsOnError' },
  ]);
});
