import { expect, it } from 'vitest';
import { type ProjectSpec, project } from '../../../crds/project/project.ts';
import { planBuild } from './build.ts';

const commit = 'a'.repeat(40);
const git = { url: 'https://git.example.com/acme/shop.git' };
const image = { repository: 'registry.example.com/shop' };

function plan(spec: Partial<ProjectSpec> = {}, request: { commit?: string; service?: string } = {}) {
  const metadata = { namespace: 'shop', name: 'shop', uid: 'u', resourceVersion: '1' };
  const whole = { source: { git }, image, ...spec };
  const parsed = project.schema.parse({ apiVersion: 'vish.dev/v1alpha1', kind: 'Project', metadata, spec: whole });
  return planBuild({ project: { ...parsed, metadata }, service: 'shop', commit, repositoryId: 'r', ...request });
}

it('gives the same commit the same Build, and any other input another one', () => {
  const others = [
    plan({}, { commit: 'b'.repeat(40) }),
    plan({ path: 'web' }),
    plan({ build: { stage: 'runtime' } }),
    plan({ image: { repository: 'registry.example.com/elsewhere' } }),
  ];

  expect(plan()).toEqual(plan());
  expect(new Set([plan(), ...others].map(({ metadata }) => metadata.name)).size).toBe(5);
});

it('takes path and settings from the service where there are services', () => {
  const services = [{ name: 'web', path: 'web', build: { stage: 'runtime' } }];

  expect(plan({ services }, { service: 'web' }).spec).toEqual({
    projectRef: { name: 'shop' },
    service: 'web',
    commit,
    path: 'web',
    build: { stage: 'runtime' },
  });
  expect(plan({ path: 'app' }).spec).toEqual({ projectRef: { name: 'shop' }, commit, path: 'app' });
});
