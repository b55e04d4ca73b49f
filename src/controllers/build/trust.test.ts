import { expect, it } from 'vitest';
import type { Build } from '../../crds/build/build.ts';
import { type Project, project as projectKind } from '../../crds/project/project.ts';
import type { Stored } from '../../kube/index.ts';
import { awaitsVoucher, ownLoginOf, pushLoginOf, repositoryOf, trustOf } from './trust.ts';

function aBuild(status: Build['status'], owner?: string): Stored<Build> {
  const reference = { apiVersion: 'vish.dev/v1alpha1', kind: 'Project', name: 'shop', controller: true };
  const metadata = { namespace: 'shop', name: 'web-1', uid: 'u', resourceVersion: '1' };
  const owners = owner === undefined ? {} : { ownerReferences: [{ ...reference, uid: owner }] };
  return {
    apiVersion: 'vish.dev/v1alpha1',
    kind: 'Build',
    metadata: { ...metadata, ...owners },
    spec: { projectRef: { name: 'shop' }, commit: 'c'.repeat(40) },
    ...(status && { status }),
  };
}

it('waits for a voucher only where the Project owns the Build, and never after the decision', () => {
  expect(awaitsVoucher(aBuild(undefined, 'p'), 'p')).toBe(true);
  expect(awaitsVoucher(aBuild(undefined), 'p')).toBe(false);
  expect(awaitsVoucher(aBuild(undefined, 'another'), 'p')).toBe(false);
  expect(awaitsVoucher(aBuild(undefined, 'p'), undefined)).toBe(false);
  expect(awaitsVoucher(aBuild({ trust: 'Untrusted' }, 'p'), 'p')).toBe(false);
});

it('trusts nothing that nobody vouched for, and keeps its image apart', () => {
  const project = projectKind.schema.parse({
    apiVersion: 'vish.dev/v1alpha1',
    kind: 'Project',
    metadata: { name: 'shop' },
    spec: { source: { git: { url: 'https://git.test/a.git' } }, image: { repository: 'r.test/shop' } },
  });

  expect([trustOf(aBuild(undefined, 'p')), trustOf(aBuild({ trust: 'Trusted' }))]).toEqual(['Untrusted', 'Trusted']);
  expect(repositoryOf(project, 'Trusted')).toBe('r.test/shop');
  expect(repositoryOf(project, 'Untrusted')).toBe('r.test/shop-untrusted');
});

it.each([
  [{}, undefined, undefined],
  [{ credentialsRef: { name: 'ours' } }, undefined, 'ours'],
  [{ untrustedCredentialsRef: { name: 'forks' } }, 'forks', 'forks'],
  [{ credentialsRef: { name: 'ours' }, untrustedCredentialsRef: { name: 'forks' } }, 'forks', 'forks'],
])('with %o lends an untrusted build the login %s, and signs its image itself with %s', (refs, lent, own) => {
  const project = { spec: { image: { repository: 'r.test/shop', ...refs } } } as unknown as Project;

  expect(pushLoginOf(project, 'Untrusted').name).toBe(lent);
  expect(ownLoginOf(project, 'Untrusted')).toBe(own);
});
