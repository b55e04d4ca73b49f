import { describe, expect, it } from 'vitest';
import { aDeployment } from '../../../../test/support/cluster-place/builders.ts';
import { aSet } from '../../../../test/support/hand-over-world.ts';
import { isMadeFor, isSameTemplate, wantedDeployment } from './wanted.ts';

const hash = { 'pod-template-hash': 'abc' };

describe('the apps/v1 Deployment', () => {
  it('is paused, as large as the ReplicaSet, has its template, and selects by what a next one has too', () => {
    const set = aSet({ replicas: 3 });
    const made = wantedDeployment('old', set, aDeployment());

    expect(made.spec).toMatchObject({
      paused: true,
      replicas: 3,
      selector: { matchLabels: { 'vish.dev/deployment': 'web' } },
      template: { metadata: { labels: { 'vish.dev/deployment': 'web', 'vish.dev/release': 'web-1' } } },
    });
    expect(isMadeFor(made, aDeployment())).toBe(true);
    expect(isSameTemplate(made, set)).toBe(true);
  });

  it('selects by what it did before it was taken over, and has no label that apps/v1 sets itself', () => {
    const set = aSet({ selector: { app: 'old', ...hash }, labels: { app: 'old', ...hash } });
    const made = wantedDeployment('old', set, aDeployment());

    expect(made.spec?.selector.matchLabels).toEqual({ app: 'old' });
    expect(made.spec?.template.metadata?.labels).not.toHaveProperty('pod-template-hash');
    expect(isSameTemplate(made, set)).toBe(true);
  });

  it('is another one as soon as anything of its template differs', () => {
    const set = aSet();
    const { spec, ...made } = wantedDeployment('old', set, aDeployment());
    const template = { ...spec?.template, spec: { ...spec?.template.spec, containers: [] } };

    expect(isSameTemplate({ ...made, spec: { ...spec, template } as never }, set)).toBe(false);
  });

  it.each([
    ['Recreate' as const, { type: 'Recreate' }],
    ['BlueGreen' as const, { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: 0 } }],
  ])('rolls as it did before, or without fewer replicas: %s', (type, strategy) => {
    expect(wantedDeployment('old', aSet(), aDeployment({ strategy: { type } })).spec?.strategy).toEqual(strategy);
  });
});
