import { expect, it } from 'vitest';
import { fc } from '../../../test/support/properties.ts';
import { deploymentName } from './naming.ts';
import { aDeployment } from './test-builders.ts';

const label = fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,28}[a-z0-9])?$/);
const project = fc.stringMatching(/^[a-z0-9]([-.a-z0-9]{0,80}[a-z0-9])?$/);
const parts = fc.tuple(project, fc.option(label, { nil: undefined }), label);

it.each([
  ['hello', undefined, 'production', 'hello-production'],
  ['shop', 'web', 'staging', 'shop-web-staging'],
])('names the Deployment of %s, %s and %s %s', (project, service, environment, name) => {
  expect(deploymentName(project, service, environment)).toBe(name);
});

it('keeps to what a Deployment may be called, whatever the parts', () => {
  fc.assert(
    fc.property(parts, (of) => {
      expect(() => aDeployment(deploymentName(...of), 'production')).not.toThrow();
      expect(deploymentName(...of)).toMatch(/^[a-z]([-a-z0-9]{0,48}[a-z0-9])?$/);
    }),
  );
});

it('gives two names that had to be cut two names', () => {
  fc.assert(
    fc.property(parts, parts, (one, two) => {
      const joined = (of: typeof one) => of.filter((part) => part !== undefined).join('-');
      fc.pre(joined(one) !== joined(two));

      expect(deploymentName(...one)).not.toBe(deploymentName(...two));
    }),
  );
});
