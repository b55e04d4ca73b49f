import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { askWebhook } from './example.ts';

const read = (name: string) => readFileSync(new URL(name, import.meta.url), 'utf8');
const resolver = async (host: string) => [host === 'checks.corp.test' ? '127.0.0.2' : '10.96.0.1'];

it('does what the page says', async () => {
  const server = createServer((_request, response) => response.end('{}')).listen(0, '127.0.0.2');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const exception = { cidr: '127.0.0.2', host: 'checks.corp.test', port, http: true };

  const allowed = await askWebhook(`http://checks.corp.test:${port}/hook/secret`, resolver, exception);
  const refused = await askWebhook('https://evil.test/hook/secret?a=secret', resolver);
  server.close();

  expect(allowed).toBe('answered 200');
  expect(refused).toMatch(/^AddressRefused: GET https:\/\/evil\.test\/\.\.\.: the host is at an address that must not/);
});

it('is the example of the page', () => {
  expect(read('README.md')).toContain(read('example.ts'));
});
