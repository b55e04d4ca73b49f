import { Registry } from 'prom-client';
import { expect, inject, it } from 'vitest';
import { watchForLeaks } from '../../../test/support/leaks/open-handles.ts';
import { readmeExample } from '../../../test/support/readme-example.ts';
import { systemClock as clock, systemRandom as random } from '../../seams/system.ts';
import { loadConnection } from '../connection/load-connection.ts';
import { createTransport } from './create-transport.ts';

it('talks to an API server as the page shows', async () => {
  const leaks = watchForLeaks();
  const connection = await loadConnection({ clock, kubeconfig: inject('kubeconfig') });
  const registry = new Registry();
  const received: Buffer[] = [];

  // README
  const transport = createTransport({ connection, clock, random, registry });

  const version = await transport.request({ method: 'GET', path: '/version', timeoutMs: 5_000 });
  const watch = await transport.stream({ method: 'GET', path: '/api/v1/namespaces?watch=1&timeoutSeconds=300' });
  for await (const chunk of watch.body) {
    received.push(chunk);
    break; // Leaving the loop ends the watch on the server too.
  }

  await transport.close();
  // end of README

  expect(JSON.parse(version.body.toString())).toMatchObject({ major: '1' });
  expect(String(received[0])).toMatch(/^\{"type":"ADDED"/);
  await leaks.expectNone();
});

it('is the code of the page', async () => {
  const { readme, tested } = await readmeExample(import.meta.url);

  expect(tested).toBe(readme);
});
