import { expect, it } from 'vitest';
import { pathsOf } from './paths.ts';

it('puts the default kubeconfig where the documentation says', () => {
  expect(pathsOf('vish', '/code').kubeconfig).toBe('/code/.vish/kubeconfig');
});

it('keeps other clusters apart', () => {
  expect(pathsOf('two', '/code').kubeconfig).toBe('/code/.vish/clusters/two/kubeconfig');
});

it.each(['', '..', 'a/b', 'UPPER', '-a', 'a'.repeat(31)])('refuses the name %j', (name) => {
  expect(() => pathsOf(name)).toThrow('is not a cluster name');
});
