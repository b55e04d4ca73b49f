import { describe, expect, it } from 'vitest';
import { differences, effectsOf, normalise } from './end-state.ts';
import { isWrite, type Write } from './writes.ts';

describe('two runs', () => {
  it('look the same but for what is made by chance', () => {
    const first = 'pods web-7d4b9c6f5d-x2k9p kill-1 0b9f7c1e-1111-4222-8333-444455556666 2026-01-01T00:00:00Z 10.0.0.7';
    const second =
      'pods web-5c8d7f9b6c-q8w4z kill-2 5d0c3a2b-9999-4888-8777-666655554444 2026-02-02T11:11:11Z 10.0.1.9';

    expect(normalise(first, 'kill-1')).toBe(normalise(second, 'kill-2'));
  });
  it('keep the words that people chose', () => {
    expect(normalise('deployments shop-web-production first-step', 'kill-1')).toBe(
      'deployments shop-web-production first-step',
    );
  });
  it('differ by each line that one of them has more often', () => {
    expect(differences(['a', 'b', 'b'], ['b', 'c'])).toEqual(['- a', '- b', '+ c']);
    expect(differences(['a', 'b'], ['b', 'a'])).toEqual([]);
  });
});

describe('a write', () => {
  it.each([
    ['POST', '/api/v1/namespaces/shop/pods', true],
    ['PATCH', '/apis/vish.dev/v1alpha1/namespaces/shop/deployments/web/status?fieldManager=vish', true],
    ['DELETE', '/api/v1/namespaces/shop/pods/a', true],
    ['GET', '/api/v1/namespaces/shop/pods', false],
    ['POST', '/api/v1/namespaces/shop/pods?dryRun=All', false],
    ['POST', '/api/v1/namespaces/shop/events', false],
    ['PATCH', '/apis/events.k8s.io/v1/namespaces/shop/events/a', false],
    ['PUT', '/apis/coordination.k8s.io/v1/namespaces/shop/leases/vish', false],
    ['POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', false],
  ])('%s %s counts: %s', (method, path, counts) => {
    expect(isWrite({ method, path })).toBe(counts);
  });
  it('has an effect only when the server did it', () => {
    const post = (status: number): Write => ({
      number: 1,
      method: 'POST',
      path: '/api/v1/namespaces/kill-1/pods',
      status,
    });

    expect(effectsOf([post(201), post(409), post(201)], 'kill-1')).toEqual([
      'create /api/v1/namespaces/NAMESPACE/pods x2',
    ]);
  });
});
