import { expect, it } from 'vitest';
import { fc } from '../../../test/support/properties.ts';
import { RegistryError } from './errors.ts';
import { parseImage } from './reference.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const hub = 'registry-1.docker.io';

it.each([
  ['node', { host: hub, repository: 'library/node' }],
  ['node:24-slim', { host: hub, repository: 'library/node', tag: '24-slim' }],
  ['docker.io/moby/buildkit:v1', { host: hub, repository: 'moby/buildkit', tag: 'v1' }],
  ['localhost:5000/app', { host: 'localhost:5000', repository: 'app' }],
  ['10.244.0.1:5000/team/app:v1', { host: '10.244.0.1:5000', repository: 'team/app', tag: 'v1' }],
  [`ghcr.io/acme/app:v1@${digest}`, { host: 'ghcr.io', repository: 'acme/app', tag: 'v1', digest }],
])('reads %s', (text, image) => {
  expect(parseImage(text)).toEqual(image);
});

it.each([
  '',
  'App',
  'a b',
  'app:',
  'app@sha256:12',
  `app@${digest}@${digest}`,
  'host.test/../x',
  '-x.test/app',
  'a//b',
])('refuses %j and shows how an image is written', (text) => {
  expect(() => parseImage(text)).toThrow(expect.objectContaining({ reason: 'SourceRefused' }));
  expect(() => parseImage(text)).toThrow('write it like');
});

it('of any text makes an image that fits into a URL, or refuses it', () => {
  const text = fc.string({
    unit: fc.constantFrom('a', 'b', '.', '/', ':', '@', '-', '_', '5', ' ', 'Z', '?', '#', '%'),
  });
  fc.assert(
    fc.property(text, (text) => {
      const images = [text].flatMap((each) => {
        try {
          return [parseImage(each)];
        } catch (error) {
          if (error instanceof RegistryError) return [];
          throw error;
        }
      });
      for (const { host, repository, tag = 'x' } of images) {
        const url = new URL(`https://${host}/v2/${repository}/manifests/${tag}`);
        expect(url.pathname).toBe(`/v2/${repository}/manifests/${tag}`);
        expect(url.host).toBe(new URL(`https://${host}`).host);
      }
    }),
  );
});
