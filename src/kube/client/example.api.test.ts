import { expect, inject, it } from 'vitest';
import { readmeExample } from '../../../test/support/readme-example.ts';
import { systemClock as clock, systemRandom as random } from '../../seams/system.ts';
import { loadConnection } from '../connection/load-connection.ts';
import type { Logger } from '../log/logger.ts';
import type { KubeObject } from '../object/object.ts';
import type { Resource } from '../object/resource.ts';
import { createTransport } from '../transport/create-transport.ts';
import { createClient } from './create-client.ts';
import { listAll } from './list-all.ts';

const configMaps: Resource<KubeObject & { data?: Record<string, string> }> = {
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  plural: 'configmaps',
  namespaced: true,
};

const ignore = () => undefined;
const logger: Logger = { debug: ignore, info: ignore, warn: ignore, error: ignore, child: () => logger };

it('works on objects as the page shows', async () => {
  const connection = await loadConnection({ clock, kubeconfig: inject('kubeconfig') });
  const transport = createTransport({ connection, clock, random });
  const names: string[] = [];

  // README
  const client = createClient({ transport, clock, fieldManager: 'shop-controller', logger });

  const key = { namespace: 'default', name: 'colours' };
  await client.apply(configMaps, { metadata: key, data: { sky: 'blue' } });
  for await (const { metadata } of listAll(client, configMaps, { namespace: 'default' })) names.push(metadata.name);

  const colours = await client.get(configMaps, key);
  const { uid, resourceVersion } = colours.metadata;
  await client.delete(configMaps, key, { preconditions: { uid, resourceVersion } });
  // end of README

  await transport.close();
  expect(names).toContain('colours');
  expect(colours.data).toEqual({ sky: 'blue' });
});

it('is the code of the page', async () => {
  const { readme, tested } = await readmeExample(import.meta.url);

  expect(tested).toBe(readme);
});
