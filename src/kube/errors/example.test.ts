import { expect, it } from 'vitest';
import { readmeExample } from '../../../test/support/readme-example.ts';
import { isKubeError } from './errors.ts';
import { errorFromResponse } from './status.ts';

it('reads an answer as the page shows', () => {
  const answer = '{"kind":"Status","reason":"Conflict","message":"the object has been modified"}';
  let message = '';

  // README
  const error = errorFromResponse({ status: 409, body: Buffer.from(answer) }, { attempted: 'update pods shop/web' });

  if (isKubeError(error, 'Conflict')) message = error.message;
  // end of README

  expect(message).toBe('update pods shop/web: the object has been modified');
});

it('is the code of the page', async () => {
  const { readme, tested } = await readmeExample(import.meta.url);

  expect(tested).toBe(readme);
});
