import { expect, it } from 'vitest';
import { type BuildInputs, buildIdentity, buildName } from './identity.ts';

const inputs: BuildInputs = {
  projectUid: 'p',
  repositoryId: 'https://git.test/a',
  commit: 'c'.repeat(40),
  imageRepository: 'r.test/a',
  trust: 'Trusted',
};

it('is the same with keys in another order, and with defaults written out', () => {
  const args = [{ name: 'A', value: '1' }];
  const one = buildIdentity({ ...inputs, build: { stage: 'x', args } });

  expect(buildIdentity({ ...inputs, path: '.', build: { args: [{ value: '1', name: 'A' }], stage: 'x' } })).toBe(one);
  expect(buildIdentity({ ...inputs, build: { stage: 'x', args, dockerfile: undefined } })).toBe(one);
});

it.each<Partial<BuildInputs>>([
  { projectUid: 'q' },
  { repositoryId: 'https://git.test/b' },
  { commit: 'd'.repeat(40) },
  { imageRepository: 'r.test/b' },
  { trust: 'Untrusted' },
  { path: 'web' },
  { build: { stage: 'x' } },
])('is another one with %o', (change) => {
  expect(buildIdentity({ ...inputs, ...change })).not.toBe(buildIdentity(inputs));
});

it('names a Build so that it fits into a label and tells people what it is of', () => {
  const identity = buildIdentity(inputs);
  const name = (project: string, service: string) => buildName({ project, service, commit: inputs.commit, identity });

  expect(name('shop', 'web')).toBe(`shop-web-ccccccc-${identity.slice(0, 10)}`);
  expect(name('shop', 'shop')).toBe(`shop-ccccccc-${identity.slice(0, 10)}`);
  expect(name('a.b'.repeat(60), 'web')).toMatch(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])$/);
});
