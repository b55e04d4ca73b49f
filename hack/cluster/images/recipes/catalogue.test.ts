import { expect, it } from 'vitest';
import type { Machine } from '../machine/machine.ts';
import { parseReference } from '../oci/reference.ts';
import { busybox } from './busybox.ts';
import { catalogue, selectRecipes } from './catalogue.ts';
import { keyOf } from './key.ts';

const machine: Machine = {
  certificates: { bundle: 'bundle', own: [] },
  apt: { mirror: undefined, sources: [], settings: [] },
  environment: [],
};

it('lists every parent before its children', () => {
  const names = catalogue.map(({ name }) => name);

  const late = catalogue.filter(({ parent }, at) => parent !== undefined && !names.slice(0, at).includes(parent));

  expect(late).toEqual([]);
});

it('claims no name twice, and only names that engines understand', () => {
  const names = catalogue.flatMap(({ references }) => references);

  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(name).toBe(Object.values(parseReference(name)).join(':'));
});

it('has the images that Dockerfiles begin with', () => {
  expect(catalogue.flatMap(({ references }) => references)).toEqual(
    expect.arrayContaining([
      'library/debian:bookworm-slim',
      'library/node:24-slim',
      'library/node:24',
      'library/python:3.11-slim',
      'library/python:3.11',
      'library/golang:1.26',
      'library/busybox:latest',
      'library/nginx:stable',
      'moby/buildkit:latest',
    ]),
  );
});

it('claims no Python that Debian does not have', () => {
  const tags = catalogue.flatMap(({ references }) => references).filter((name) => name.startsWith('library/python:'));

  expect(tags.every((tag) => tag.startsWith('library/python:3.11'))).toBe(true);
});

it('selects the parents of a wanted image too, in order', () => {
  expect(selectRecipes(['golang', 'busybox']).map(({ name }) => name)).toEqual([
    'debian',
    'busybox',
    'buildpack-deps',
    'golang',
  ]);
});

it('makes the list of contents only for whoever names it', () => {
  expect(catalogue.map(({ name }) => name)).not.toContain('syft-scanner');
  expect(selectRecipes(['syft-scanner']).map(({ name }) => name)).toEqual(['debian', 'syft-scanner']);
});

it('names the known images when one is unknown', () => {
  expect(() => selectRecipes(['alpine'])).toThrow(/no base image "alpine"; known are debian, busybox/);
});

it('makes an image again when its recipe, its parent or the machine’s certificates change', async () => {
  const renewed = { ...machine, certificates: { bundle: 'renewed', own: [] } };

  const keys = await Promise.all([
    keyOf(busybox, 'parent', machine),
    keyOf({ ...busybox, script: 'other' }, 'parent', machine),
    keyOf({ ...busybox, source: import.meta.filename }, 'parent', machine),
    keyOf(busybox, 'other parent', machine),
    keyOf(busybox, undefined, machine),
    keyOf(busybox, undefined, renewed),
  ]);

  expect(new Set(keys).size).toBe(keys.length);
  expect(await keyOf({ ...busybox }, 'parent', machine)).toBe(keys[0]);
});
