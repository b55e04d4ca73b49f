import { expect, it } from 'vitest';
import { MemoryClient } from '../../../test/support/memory-client.ts';
import { aWidget, widgets } from '../../../test/support/objects.ts';
import { readmeExample } from '../../../test/support/readme-example.ts';
import { Finalizers } from './registry.ts';

it('the example of the README adds its finalizers', async () => {
  const client = new MemoryClient();
  const object = await client.create(widgets, aWidget());
  const removeRoute = async () => undefined;
  const bucketIsEmpty = async () => false;

  // README
  const finalizers = new Finalizers(client, widgets)
    .register('vish.dev/route', () => removeRoute())
    .register('vish.dev/bucket', async () => ((await bucketIsEmpty()) ? undefined : 5000));

  const { object: current, results } = await finalizers.reconcile(object);
  const failed = results.filter(({ outcome }) => outcome === 'failed');
  // end of README

  expect(current?.metadata.finalizers).toEqual(['vish.dev/route', 'vish.dev/bucket']);
  expect(failed).toEqual([]);
});

it('the README shows the code that ran', async () => {
  const { readme, tested } = await readmeExample(import.meta.url);

  expect(readme).not.toBe('');
  expect(readme).toBe(tested);
});
