import { expect, it } from 'vitest';
import { KubeError } from '../../kube/index.ts';
import { refusedTemplate } from './prepare.ts';

const attempted = 'create replicasets shop/web-1';

it('says which fields the server refuses, and why', () => {
  const causes = [{ field: 'spec.template.spec.x', reason: 'FieldValueInvalid', message: 'must not be' }];
  const error = refusedTemplate(new KubeError({ code: 'Invalid', attempted, detail: 'long', causes }));

  expect(error).toMatchObject({
    name: 'TargetError',
    reason: 'InvalidTemplate',
    message: 'the API server refuses the pod template: spec.template.spec.x: must not be',
  });
});

it('keeps a long list short', () => {
  const error = refusedTemplate(new KubeError({ code: 'Invalid', attempted, detail: 'x'.repeat(5000) })) as Error;

  expect(error.message.length).toBeLessThan(800);
});

it('takes a webhook for a verdict, and a right that we lack for what it is', () => {
  const detail = 'admission webhook "policy.example.com" denied the request: no latest tags';
  const denied = new KubeError({ code: 'Forbidden', attempted, detail });
  const lacking = new KubeError({ code: 'Forbidden', attempted, detail: 'User "vish" cannot create resource' });

  expect(refusedTemplate(denied)).toMatchObject({ reason: 'InvalidTemplate' });
  expect(refusedTemplate(lacking)).toBe(lacking);
});
