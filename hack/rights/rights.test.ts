import { describe, expect, it } from 'vitest';
import { placeNames, rightsOf, rulesOf, shippedRules } from './rules.ts';

describe('the rules of config/rbac', () => {
  it.each(placeNames)('%s: each one says what it is for', (place) => {
    for (const { why } of shippedRules(place)) expect(why).toMatch(/^[A-Z].*\.$/);
  });

  it('are refused without a reason', () => {
    const rules = 'rules:\n# For pods.\n- {resources: [pods]}\n- {resources: [nodes]}\n';

    expect(() => rulesOf(rules, 'a.yaml')).toThrow('a.yaml, rule 2: write above it what the operator needs it for');
  });
});

it('shows a right once for each resource and name, with all verbs and reasons', () => {
  const rules = [
    { apiGroups: [''], resources: ['pods', 'pods/log'], verbs: ['watch', 'get'], why: 'One.' },
    { apiGroups: ['', 'a.b'], resources: ['pods'], verbs: ['get', 'delete'], why: 'Two.' },
    { apiGroups: ['a.b'], resources: ['leases'], resourceNames: ['vish'], verbs: ['update'], why: 'Three.' },
  ];

  expect(rightsOf(rules)).toEqual([
    { resource: 'pods', name: '', verbs: ['delete', 'get', 'watch'], why: ['One.', 'Two.'] },
    { resource: 'pods/log', name: '', verbs: ['get', 'watch'], why: ['One.'] },
    { resource: 'pods.a.b', name: '', verbs: ['delete', 'get'], why: ['Two.'] },
    { resource: 'leases.a.b', name: 'vish', verbs: ['update'], why: ['Three.'] },
  ]);
});
