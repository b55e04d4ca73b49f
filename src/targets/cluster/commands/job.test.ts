import { describe, expect, it } from 'vitest';
import { aDeployment, aRelease } from '../../../../test/support/cluster-place/builders.ts';
import { hooks } from '../../../crds/workload/jobs.ts';
import { checkJobFor, checkSuffix } from './check-job.ts';
import { hookJobFor, jobNameOf } from './job.ts';

const settings = hooks.parse({ beforeRelease: { command: ['migrate'], retries: 2 } }).beforeRelease;
const patched = {
  metadata: { labels: { team: 'shop', app: 'web' }, annotations: { 'example.com/inject': 'no' } },
  spec: { nodeSelector: { disk: 'fast' }, containers: [{ name: 'proxy', image: 'proxy:1' }] },
};
const parts = { cluster: { podTemplatePatch: patched, serviceAccountName: 'web' } };

function aJob() {
  if (settings === undefined) throw new Error('the schema dropped it');
  const command = { ...settings, release: aRelease(parts), hook: 'before' as const, attempt: 'x', mayBegin: true };
  return hookJobFor(aDeployment(parts), command);
}

describe('the pod of a command', () => {
  it('has the shape of a replica, and runs the command once at a time', () => {
    const { spec } = aJob();

    expect(spec).toMatchObject({ backoffLimit: 2, activeDeadlineSeconds: 600, podReplacementPolicy: 'Failed' });
    expect(spec?.template.spec).toMatchObject({
      serviceAccountName: 'web',
      nodeSelector: { disk: 'fast' },
      restartPolicy: 'Never',
      securityContext: { runAsNonRoot: true },
      containers: [{ name: 'app', command: ['migrate'], terminationMessagePolicy: 'FallbackToLogsOnError' }],
    });
    expect(spec?.template.metadata?.annotations).toEqual(patched.metadata.annotations);
  });

  it('has no label by which anything finds replicas, and nothing of what serves', () => {
    const { spec } = aJob();
    const [app] = spec?.template.spec?.containers ?? [];

    expect(Object.keys(spec?.template.metadata?.labels ?? {}).toSorted()).toEqual([
      'app.kubernetes.io/managed-by',
      'vish.dev/command',
      'vish.dev/command-of',
    ]);
    expect(app).not.toHaveProperty('ports');
    expect(app).not.toHaveProperty('lifecycle');
    expect(spec?.template.spec).not.toHaveProperty('topologySpreadConstraints');
  });
});

it('names a Job after its release, shorter where pods could not have the name as a label', () => {
  const long = { name: `${'a'.repeat(50)}-0123456789`, uid: 'u' };

  expect(jobNameOf({ name: 'web-1', uid: 'u' }, 'before')).toBe('web-1-before');
  expect(jobNameOf(long, 'before')).toMatch(/^a+-[0-9a-f]{8}-before$/u);
  expect(jobNameOf(long, 'before')).toHaveLength(63);
  expect(jobNameOf(long, 'before')).not.toBe(jobNameOf({ ...long, uid: 'v' }, 'before'));
});

describe('the Job of a check', () => {
  const run = { check: 'smoke', due: '2026-01-01T00:00:00Z', command: ['smoke'], seconds: 30 };
  const withAccount = { cluster: { serviceAccountName: 'web' }, workload: { env: [{ name: 'A', value: 'b' }] } };
  const podOf = (fields: object) =>
    checkJobFor(aDeployment(withAccount), aRelease(withAccount), { ...run, ...fields }).spec?.template.spec;

  it('has the configuration of the release, and another image has none of it', () => {
    expect(podOf({})).toMatchObject({ serviceAccountName: 'web', containers: [{ env: [{ name: 'A', value: 'b' }] }] });
    const other = podOf({ image: 'registry.example.com/tools:1' });
    expect(other).toMatchObject({
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true },
      containers: [{ image: 'registry.example.com/tools:1', command: ['smoke'] }],
    });
    expect(JSON.stringify(other)).not.toMatch(/"env"|serviceAccountName/u);
  });

  it('is named by the check and the measurement, so that each is run once', () => {
    expect(checkSuffix(run)).toBe(checkSuffix({ ...run }));
    expect(checkSuffix(run)).not.toBe(checkSuffix({ ...run, due: '2026-01-01T00:00:10Z' }));
    expect(checkSuffix(run)).not.toBe(checkSuffix({ ...run, check: 'other' }));
  });
});
