import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { Kind } from '../kind/kind.ts';
import { kinds } from '../kinds.ts';
import { crdOf } from './crd.ts';
import { generatedFiles } from './files.ts';
import { problemsOf } from './problems.ts';

const maxBytes = 100_000;
const schemaOf = (kind: Kind) => crdOf(kind).spec.versions[0]?.schema.openAPIV3Schema ?? {};

describe.each(kinds.map((kind) => [kind.kind, kind] as const))('the CRD of %s', (_name, kind) => {
  it('is structural, bounded and described in every field', () => {
    const { spec = {}, status = {} } = schemaOf(kind).properties ?? {};

    expect([...problemsOf(spec, 'spec'), ...problemsOf(status, 'status')]).toEqual([]);
  });

  it('is below 100 kB as JSON', () => {
    expect(Buffer.byteLength(JSON.stringify(crdOf(kind)))).toBeLessThan(maxBytes);
  });

  it('has conditions that are a map by type, and a generation of 64 bits', () => {
    const status = schemaOf(kind).properties?.['status']?.properties ?? {};

    expect(status['conditions']).toMatchObject({
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['type'],
    });
    expect(status['observedGeneration']).toMatchObject({ type: 'integer', format: 'int64' });
  });

  it('can be found as a kind of vish', () => {
    expect(crdOf(kind).spec.names).toMatchObject({ categories: ['vish'], shortNames: [kind.shortName] });
  });
});

it('has no generated file that differs from the committed one', async () => {
  const differing: string[] = [];
  for (const [path, content] of generatedFiles()) {
    const committed = await readFile(path, 'utf8').catch(() => '');
    if (committed !== content) differing.push(path);
  }

  expect(differing, 'run npm run generate').toEqual([]);
});

it('generates the same twice', () => {
  expect([...generatedFiles()]).toEqual([...generatedFiles()]);
});
