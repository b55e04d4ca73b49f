import { expect, it } from 'vitest';
import { parseReference } from './reference.ts';

it.each([
  ['node', 'library/node', 'latest'],
  ['node:24-slim', 'library/node', '24-slim'],
  ['docker.io/library/node:24', 'library/node', '24'],
  ['docker.io/node:24', 'library/node', '24'],
  ['library/node:24', 'library/node', '24'],
  ['moby/buildkit:v0.32.2', 'moby/buildkit', 'v0.32.2'],
  ['localhost:5000/app', 'app', 'latest'],
  ['127.0.0.1:5000/team/app:v1', 'team/app', 'v1'],
  ['ghcr.io/acme/app:v1', 'acme/app', 'v1'],
  [`app:v1@sha256:${'0'.repeat(64)}`, 'library/app', 'v1'],
])('reads %s as %s with the tag %s', (text, repository, tag) => {
  expect(parseReference(text)).toEqual({ repository, tag });
});

it.each(['', 'App', 'app:', 'app:a b', '../x', 'a//b', 'host.example/'])(
  'refuses %j and shows how a name looks',
  (text) => {
    expect(() => parseReference(text)).toThrow('write it like');
  },
);
