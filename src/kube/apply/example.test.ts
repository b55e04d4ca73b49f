import { expect, it } from 'vitest';
import { MemoryClient } from '../../../test/support/memory-client.ts';
import { readmeExample } from '../../../test/support/readme-example.ts';
import { configMaps } from '../../../test/support/resources.ts';
import { ManualClock } from '../../seams/manual-clock.ts';
import { Applier } from './apply.ts';

it('the example of the README sends one request', async () => {
  const client = new MemoryClient();
  const clock = new ManualClock();

  // README
  const applier = new Applier({ client, clock, fieldManager: 'vish-deployment' });
  const intent = { metadata: { namespace: 'shop', name: 'settings' }, data: { color: 'blue' } };

  const { object } = await applier.apply(configMaps, intent, undefined); // Nothing of that name in the store.
  const { changed } = await applier.apply(configMaps, intent, object); // As the informer's store holds it now.
  // end of README

  expect(changed).toBe(false);
  expect(client.requests).toHaveLength(1);
});

it('the README shows the code that ran', async () => {
  const { readme, tested } = await readmeExample(import.meta.url);

  expect(readme).not.toBe('');
  expect(readme).toBe(tested);
});
