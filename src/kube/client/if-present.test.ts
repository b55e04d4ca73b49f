import { expect, it } from 'vitest';
import { MemoryClient } from '../../../test/support/memory-client.ts';
import { configMaps } from '../../../test/support/resources.ts';
import { ifPresent } from './if-present.ts';

const key = { namespace: 'shop', name: 'settings' };

it('gives the answer, and undefined for an object that is not there', async () => {
  const client = new MemoryClient();
  const made = await client.create(configMaps, { metadata: key });

  expect(await ifPresent(client.get(configMaps, key))).toEqual(made);
  expect(await ifPresent(client.get(configMaps, { ...key, name: 'gone' }))).toBeUndefined();
});

it('lets every other failure through', async () => {
  await expect(ifPresent(Promise.reject(new Error('no route')))).rejects.toThrow('no route');
});
