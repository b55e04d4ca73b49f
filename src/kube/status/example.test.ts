import { expect, it } from 'vitest';
import { MemoryClient } from '../../../test/support/memory-client.ts';
import { aWidget, widgets } from '../../../test/support/objects.ts';
import { readmeExample } from '../../../test/support/readme-example.ts';
import { ManualClock } from '../../seams/manual-clock.ts';
import { StatusWriter } from './status-writer.ts';

it('the example of the README writes once', async () => {
  const client = new MemoryClient();
  const clock = new ManualClock();
  const object = await client.create(widgets, aWidget());
  client.requests.length = 0;

  // README
  const writer = new StatusWriter({
    client,
    clock,
    resource: widgets,
    fieldManager: 'vish-widget',
    ownedConditions: ['Ready', 'Reconciling', 'Stalled'],
  });

  // In each reconcile, with the object as it was read:
  const status = writer.begin(object);
  status.set({ ready: 2 });
  status.setConditions([{ type: 'Ready', status: 'True', reason: 'Available', message: '', observedGeneration: 3 }]);
  const written = await status.commit();
  // end of README

  expect(written?.status?.conditions).toHaveLength(1);
  expect(client.requests).toHaveLength(1);
});

it('the README shows the code that ran', async () => {
  const { readme, tested } = await readmeExample(import.meta.url);

  expect(readme).not.toBe('');
  expect(readme).toBe(tested);
});
