import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { versions } from '../versions.ts';
import { moduleFolder } from './builder.ts';
import { replaceArguments, requiredVersion, toolModules } from './modules.ts';

const goMod = (folder: string) => readFile(join(moduleFolder(folder), 'go.mod'), 'utf8');

describe('the go.mod files', () => {
  it.each(toolModules)('of $folder requires $path in the version of versions.ts', async ({ folder, path, version }) => {
    expect(requiredVersion(await goMod(folder), path), 'run `node hack/cluster/bump.ts`').toBe(version);
  });
  it('of Kubernetes takes every library from the same release', async () => {
    const replaced = [...(await goMod('kubernetes')).matchAll(/^replace (k8s\.io\/\S+) => (\S+) (\S+)$/gm)];

    expect(replaced.length).toBeGreaterThan(20);
    for (const [, from, to, version] of replaced) {
      expect([to, version]).toEqual([from, versions.kubernetes.replace('v1.', 'v0.')]);
    }
  });
  it('of Traefik is built with the Gateway API whose definitions are applied', async () => {
    expect(requiredVersion(await goMod('traefik'), 'sigs.k8s.io/gateway-api')).toBe(versions.gatewayApi);
  });
  it('are all known: a tool without a version of its own requires nothing', async () => {
    const folders = await readdir(moduleFolder('.'));
    const known = new Set(toolModules.map(({ folder }) => folder));

    for (const folder of folders.filter((name) => !known.has(name)))
      expect(await goMod(folder)).not.toContain('require');
  });
});

it.each([
  ['a block', 'require (\n\texample.com/a v1.2.3 // indirect\n)', 'v1.2.3'],
  ['one line', 'require example.com/a v1.2.3', 'v1.2.3'],
  ['a package of a tool', 'tool (\n\texample.com/a/cmd\n\texample.com/a\n)', undefined],
  ['a longer name', 'require example.com/a/v2 v2.0.0', undefined],
])('reads the required version from %s', (_, text, version) => {
  expect(requiredVersion(text, 'example.com/a')).toBe(version);
});

it('turns folders into published modules and keeps other replacements', () => {
  const replacements = [
    { Old: { Path: 'k8s.io/api' }, New: { Path: './staging/src/k8s.io/api' } },
    { Old: { Path: 'example.com/a' }, New: { Path: 'example.com/fork', Version: 'v1.0.0' } },
  ];

  expect(replaceArguments(replacements, 'v1.36.3')).toEqual([
    '-replace=k8s.io/api=k8s.io/api@v0.36.3',
    '-replace=example.com/a=example.com/fork@v1.0.0',
  ]);
});
