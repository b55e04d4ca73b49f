import { mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { pathsOf } from './paths.ts';

it('puts the default kubeconfig where the documentation says', () => {
  expect(pathsOf('vish', '/code').kubeconfig).toBe('/code/.vish/kubeconfig');
});

it('keeps other clusters apart', () => {
  expect(pathsOf('two', '/code').kubeconfig).toBe('/code/.vish/clusters/two/kubeconfig');
});

it('knows a cluster by one path, also from a checkout that shares the folder by a link', () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'paths-')));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  symlinkSync(folder, join(folder, '.vish'));

  expect(pathsOf('two', folder).state).toBe(join(folder, 'clusters/two'));
});

it.each(['', '..', 'a/b', 'UPPER', '-a', 'a'.repeat(31)])('refuses the name %j', (name) => {
  expect(() => pathsOf(name)).toThrow('is not a cluster name');
});
