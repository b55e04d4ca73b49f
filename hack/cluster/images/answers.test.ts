import { createServer, type RequestListener, type Server } from 'node:http';
import { afterEach, expect, it } from 'vitest';
import { registryAnswers } from './answers.ts';

let server: Server | undefined;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function serve(listener: RequestListener): Promise<string> {
  const started = createServer(listener);
  server = started;
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
  const address = started.address();
  return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
}

const header = { 'docker-distribution-api-version': 'registry/2.0' };

it.each([
  [200, header, true],
  [401, header, true],
  [403, header, false],
  [401, {}, false],
  [200, {}, false],
])('takes status %i with headers %j for a registry: %s', async (status, headers, answers) => {
  const url = await serve((_request, response) => response.writeHead(status, headers).end('page'));

  expect((await registryAnswers({ url })).answers).toBe(answers);
});

it('gives up on a registry that accepts the connection and says nothing', async () => {
  const url = await serve(() => undefined);

  const { answers, why } = await registryAnswers({ url, deadlineMs: 50 });

  expect(answers).toBe(false);
  expect(why).toContain('cannot be reached');
});

it('says what could not be reached', async () => {
  const { answers, why } = await registryAnswers({ url: 'http://127.0.0.1:1' });

  expect(answers).toBe(false);
  expect(why).toMatch(/^http:\/\/127\.0\.0\.1:1 cannot be reached/);
});
