import { expect, it } from 'vitest';
import { group, version } from '../crds/kind/kind.ts';
import { kinds } from '../crds/kinds.ts';
import { builds, deployments, projects, targets } from './vish.ts';

it.each([projects, deployments, builds, targets])('names the kind $kind as its schema does', (resource) => {
  const schema = kinds.find(({ kind }) => kind === resource.kind);

  expect(resource).toMatchObject({ group, version, plural: schema?.plural, namespaced: true });
});
