import { expect, it } from 'vitest';
import { fixtureTree, planOf } from '../../../../test/support/plans.ts';
import { imagesOf } from './images.ts';

const composer = { 'composer.json': '{}', 'index.php': '' };

it('names each image once, with those that files are copied from, and nothing for an empty one', () => {
  const names = (plan: ReturnType<typeof planOf>) => imagesOf(plan).map(({ value }) => value);

  expect(names(planOf(fixtureTree('node-npm')))).toEqual(['node:24-slim']);
  expect(names(planOf(composer))).toEqual(['dunglas/frankenphp:php8.4', 'composer:2']);
  expect(names(planOf(fixtureTree('go')))).toEqual(['golang:1.26']);
});

it('says who chose each', () => {
  const settings = { prefix: 'hub.test', images: [{ name: 'composer', image: 'own.test/composer:2' }] };

  expect(imagesOf(planOf(composer), settings)).toEqual([
    { value: 'hub.test/dunglas/frankenphp:php8.4', source: 'builds.baseImages', evidence: 'prefix: hub.test' },
    { value: 'own.test/composer:2', source: 'builds.baseImages', evidence: 'images: composer' },
  ]);
  expect(imagesOf(planOf(composer))[0]).toMatchObject({ source: 'default' });
});
