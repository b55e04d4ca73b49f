import { expect, it } from 'vitest';
import { fc } from '../../../test/support/properties.ts';
import { ManualClock } from '../../seams/manual-clock.ts';
import { KubeError } from '../errors/errors.ts';
import { createLogger, type LogOptions, parseLevel } from './create-logger.ts';
import { Redactor } from './redactor.ts';

function setUp(options: Partial<LogOptions> = {}) {
  const written: string[] = [];
  const redactor = new Redactor();
  const destination = { write: (line: string) => void written.push(line) };
  const logger = createLogger({ clock: new ManualClock(), redactor, destination, ...options });
  const lines = () => written.map((line) => JSON.parse(line) as Record<string, unknown>);
  return { logger, redactor, written, lines };
}

it('writes one JSON line with time, level, message and fields, those of its parents too', () => {
  const { logger, lines } = setUp();

  logger.child({ controller: 'build' }).child({ key: 'shop/web' }).info({ attempt: 2 }, 'reconciled');

  expect(lines()).toEqual([
    {
      level: 'info',
      time: '2026-01-01T00:00:00.000Z',
      msg: 'reconciled',
      controller: 'build',
      key: 'shop/web',
      attempt: 2,
    },
  ]);
});

it('changes its level at run time, for children that exist already too', () => {
  const { logger, lines } = setUp();
  const child = logger.child({ child: true });
  child.debug({}, 'before');

  logger.setLevel('debug');
  child.debug({}, 'after');
  logger.setLevel('error');
  child.warn({}, 'too late');

  expect(lines().map((line) => line['msg'])).toEqual(['after']);
});

it('refuses a level that is none', () => {
  expect(parseLevel('warn')).toBe('warn');
  expect(() => parseLevel('loud')).toThrow('choose one of debug, info, warn, error');
});

it.each([
  'password',
  'dbPassword',
  'authToken',
  'Authorization',
  'client-key-data',
  'apiKey',
  'AWS_SECRET_ACCESS_KEY',
  '.dockerconfigjson',
])('hides the text under the name %s, also deep inside and in a child', (name) => {
  const { logger, written } = setUp();

  logger.child({ [name]: 'hush' }).info({ [name]: 'hush', deep: { list: [{ [name]: 'hush' }] } }, 'said');

  expect(written.join('')).not.toContain('hush');
});

it('shows names of Secrets, and hides what is in them', () => {
  const { logger, lines, written } = setUp();

  logger.info(
    { secretName: 'shop-git', secret: { name: 'a' }, object: { kind: 'Secret', data: { x: 'hush' } } },
    'read',
  );

  expect(lines()[0]).toMatchObject({ secretName: 'shop-git', secret: { name: 'a' } });
  expect(written.join('')).not.toContain('hush');
});

it('hides a planted value in messages, stacks and causes, in whatever form it appears', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 4, maxLength: 40 }), (value) => {
      const { logger, redactor, lines } = setUp();
      const planted = `s3cret${value}`;
      redactor.add(planted);

      const cause = new Error(`GET https://x:${planted.isWellFormed() ? encodeURIComponent(planted) : ''}@host`);
      logger.error({ err: new Error(`used ${planted}`, { cause }) }, 'failed');
      logger.info({ note: `basic ${Buffer.from(planted).toString('base64')}`, other: { a: [planted] } }, 'sent');

      const text = JSON.stringify(lines());
      expect(lines()).toHaveLength(2);
      expect(text).not.toContain(planted);
      expect(text).not.toContain('s3cret');
      expect(text).not.toContain(Buffer.from(planted).toString('base64url'));
    }),
  );
});

it('hides credentials in URLs and bearer tokens that nobody planted, and leaves image references alone', () => {
  const redactor = new Redactor();
  const said = 'clone https://x:hush@git.example.com/a.git with Bearer abc.def-ghi_jkl';

  expect(redactor.text(said)).toBe('clone https://[redacted]@git.example.com/a.git with Bearer [redacted]');
  expect(redactor.text('oci://registry.example.com/web@sha256:abc')).toBe('oci://registry.example.com/web@sha256:abc');
});

it('forgets a value that is no longer valid, and does not plant one that is too short', () => {
  const redactor = new Redactor();
  redactor.add('old-token');
  redactor.add('a');

  redactor.remove('old-token');

  expect(redactor.text('a old-token')).toBe('a old-token');
});

it('holds 4,096 values and forgets the first one beyond', () => {
  const redactor = new Redactor();
  for (let n = 0; n <= 4096; n++) redactor.add(`value-number-${n}-end`);

  expect(redactor.text('value-number-0-end value-number-4096-end')).toBe('value-number-0-end [redacted]');
});

it('shows code, message and cause of an error', () => {
  const { logger, lines } = setUp();
  const attempted = 'get pods shop/web-1';
  const error = new KubeError({ code: 'Timeout', attempted, detail: 'no answer', cause: new Error('reset') });

  logger.error({ err: error }, 'could not read');

  expect(lines()[0]?.['err']).toMatchObject({
    type: 'KubeError',
    code: 'Timeout',
    message: 'get pods shop/web-1: no answer',
    cause: { message: 'reset' },
  });
});

it('writes any object, however deep, long or strange', () => {
  const { logger, lines } = setUp();
  const endless: Record<string, unknown> = { text: 'x'.repeat(100_000), big: 1n, when: new Date(Number.NaN) };
  endless['self'] = endless;

  logger.info({ endless, list: Array.from({ length: 1000 }, () => endless) }, 'strange');

  expect(lines()).toHaveLength(1);
});

it('writes lines for people, and no value can pose as a line', () => {
  const { logger, written } = setUp({ format: 'text' });

  logger.warn({ key: 'shop/web', note: 'a\n12:00:00.000 INFO  all is well' }, 'slow');

  expect(written.join('')).toBe('00:00:00.000 WARN  slow key=shop/web note="a\\n12:00:00.000 INFO  all is well"\n');
});
