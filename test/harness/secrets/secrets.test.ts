import { expect, it } from 'vitest';
import { fc } from '../../support/properties.ts';
import { createSecrets } from './secrets.ts';

const log = (text: string) => [{ where: 'log', text }];

it('finds nothing where nothing is', () => {
  const secrets = createSecrets();
  secrets.plant('token');

  expect(() => secrets.expectNoneIn(log('level=info msg="planted trees" dG9rZW4='))).not.toThrow();
});

it('names the secret, its form and the place', () => {
  const secrets = createSecrets();
  const token = secrets.plant('token');
  secrets.plant('password');

  const places = [{ where: 'event shop/x', text: `cannot clone https://x:${token}@git.test` }];

  expect(secrets.find(places)).toMatchObject([{ secret: 'token', form: 'plain', where: 'event shop/x' }]);
  expect(() => secrets.expectNoneIn(places)).toThrow(/token \(plain\) in event shop\/x: .*https:\/\/x:/);
});

it('finds a value whose end was cut off', () => {
  const secrets = createSecrets();
  const token = secrets.plant('token');

  expect(secrets.find(log(token.slice(0, 26)))).toHaveLength(1);
});

it('finds a value in base64, whatever stands around it', () => {
  const secrets = createSecrets();
  const token = secrets.plant('token');
  const encodings = fc.constantFrom<BufferEncoding>('base64', 'base64url', 'hex');

  fc.assert(
    fc.property(fc.uint8Array(), fc.uint8Array(), encodings, (before, after, encoding) => {
      const text = Buffer.concat([before, Buffer.from(token), after]).toString(encoding);
      expect(secrets.find(log(`Authorization: Basic ${text}`)).length).toBeGreaterThan(0);
    }),
  );
});

it('refuses a name that would hide another', () => {
  const secrets = createSecrets();
  secrets.plant('token');

  expect(() => secrets.plant('token')).toThrow('Take another');
});
