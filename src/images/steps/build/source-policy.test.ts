import { expect, it } from 'vitest';
import { sourcePolicy } from './source-policy.ts';

/** As BuildKit does: the last rule that fits holds. */
function allows(identifier: string, hosts: readonly string[], sbomGenerator?: string): boolean {
  const { rules } = sourcePolicy(hosts, {
    attestations: { provenance: false, ...(sbomGenerator !== undefined && { sbomGenerator }) },
  });
  const fitting = rules.filter(({ selector }) => {
    const pattern = selector.identifier.replace('(?i)', '');
    return new RegExp(pattern, pattern === selector.identifier ? '' : 'i').test(identifier);
  });
  return fitting.at(-1)?.action === 'ALLOW';
}

it.each([
  'https://npm.test/left-pad',
  'https://npm.test:443/left-pad',
  'http://NPM.test',
  'http://user:xxxxx@npm.test:8080/?a=b',
  'git://npm.test/a.git#main',
  'docker-image://npm.test/library/node:24',
  'docker-image://npm.test:5000/node@sha256:00',
  'https://files.cdn.test/a',
  'https://a.b.cdn.test/a',
  'local://context',
])('lets a build have %s', (identifier) => {
  expect(allows(identifier, ['npm.test', '*.cdn.test'])).toBe(true);
});

it.each([
  'https://evil.test/npm.test/',
  'https://npm.test.evil.test/',
  'https://evilnpm.test/',
  'https://npmxtest/',
  'https://npm.test@evil.test/',
  'https://npm.test:x@evil.test/',
  'https://evil.test/x@npm.test/',
  'https://evil.test?@npm.test/',
  'https://evil.test#@npm.test/',
  'https://evil.test\\@npm.test/',
  'https://npm.test%2eevil.test/',
  'https://npm.test./',
  'https://cdn.test/',
  'https://evil.test/a.cdn.test',
  'https://evil.test:80.cdn.test/',
  'https://[::1]/',
  'http://169.254.169.254/latest/meta-data',
  'docker-image://evil.test/npm.test/node:24',
  'oci-layout://npm.test/node',
  'ssh://npm.test/a',
])('does not let it have %s', (identifier) => {
  expect(allows(identifier, ['npm.test', '*.cdn.test'])).toBe(false);
});

it.each([
  ['docker/scanner:stable-1', 'docker-image://docker.io/docker/scanner:stable-1', true],
  ['docker/scanner:stable-1', 'docker-image://docker.io/docker/scanner-evil:1', false],
  ['r.test:5000/scanner', 'docker-image://r.test:5000/scanner:latest', true],
  [undefined, 'docker-image://docker.io/docker/scanner:stable-1', false],
])('lets it have the image %s that lists contents: %s %s', (generator, identifier, expected) => {
  expect(allows(identifier, [], generator)).toBe(expected);
});
