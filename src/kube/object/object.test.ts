import { expect, it } from 'vitest';
import { fc } from '../../../test/support/properties.ts';
import { formatKey, keyOf, parseKey } from './key.ts';
import { apiVersionOf, resourceName } from './resource.ts';
import { compareResourceVersions } from './resource-version.ts';

const name = fc.stringMatching(/^[a-z0-9]([a-z0-9.-]{0,20}[a-z0-9])?$/);

it('a key survives formatting and parsing, with and without a namespace', () => {
  fc.assert(
    fc.property(name, fc.option(name, { nil: undefined }), (objectName, namespace) => {
      const key = namespace === undefined ? { name: objectName } : { namespace, name: objectName };

      expect(parseKey(formatKey(key))).toEqual(key);
      expect(keyOf({ metadata: key })).toBe(formatKey(key));
    }),
  );
});

it('orders resourceVersions as the integers they are, beyond 2^53 too', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 2n ** 70n }), fc.bigInt({ min: 0n, max: 2n ** 70n }), (a, b) => {
      expect(Math.sign(compareResourceVersions(String(a), String(b)))).toBe(a < b ? -1 : a > b ? 1 : 0);
    }),
  );
});

it('writes apiVersion and resource name without a slash or dot for the core group', () => {
  const pods = { group: '', version: 'v1', plural: 'pods' };
  const leases = { group: 'coordination.k8s.io', version: 'v1', plural: 'leases' };

  expect([apiVersionOf(pods), resourceName(pods)]).toEqual(['v1', 'pods']);
  expect([apiVersionOf(leases), resourceName(leases)]).toEqual([
    'coordination.k8s.io/v1',
    'leases.coordination.k8s.io',
  ]);
});
