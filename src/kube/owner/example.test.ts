import { expect, it } from 'vitest';
import { aConfigMap, aWidget, widgets } from '../../../test/support/objects.ts';
import { readmeExample } from '../../../test/support/readme-example.ts';
import { controllerOf, isControlledBy, refersTo, withController } from './owner.ts';

it('the example of the README finds its owner again', () => {
  const project = aWidget();
  const intent = aConfigMap();

  // README
  const child = withController(intent, { resource: widgets, object: project });

  const ours = isControlledBy(child, project);
  const reference = controllerOf(child);
  const ownerKey = reference && refersTo(reference, widgets) ? `shop/${reference.name}` : undefined;
  // end of README

  expect(ours).toBe(true);
  expect(ownerKey).toBe('shop/web');
});

it('the README shows the code that ran', async () => {
  const { readme, tested } = await readmeExample(import.meta.url);

  expect(readme).not.toBe('');
  expect(readme).toBe(tested);
});
