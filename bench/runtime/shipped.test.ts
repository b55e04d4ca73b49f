import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { shippedProcess } from './shipped.ts';

it('takes the flags of node and the number of arenas, and nothing else', () => {
  const dockerfile = [
    'ENV NODE_ENV=production \\',
    '    MALLOC_ARENA_MAX=2',
    'ENTRYPOINT ["/usr/local/bin/node", "--one", "--two=2", "/app/vish.js"]',
  ].join('\n');

  expect(shippedProcess(dockerfile)).toEqual({ flags: ['--one', '--two=2'], env: { MALLOC_ARENA_MAX: '2' } });
});

it('can read the Dockerfile that we ship', () => {
  expect(shippedProcess(readFileSync('Dockerfile', 'utf8')).flags).not.toEqual([]);
});

it('refuses a Dockerfile that it does not understand', () => {
  expect(() => shippedProcess('ENTRYPOINT node vish.js')).toThrow('no ENTRYPOINT as a list');
});
