import { expect, it } from 'vitest';
import { aNotice, aRecorder } from '../../../test/support/events.ts';
import { failure, MemoryClient } from '../../../test/support/memory-client.ts';
import { sample } from '../../../test/support/metrics.ts';
import { fc } from '../../../test/support/properties.ts';
import { ManualClock } from '../../seams/manual-clock.ts';
import { Redactor } from '../log/redactor.ts';
import { cutNote, events } from './event.ts';

const minute = 60_000;

function setUp(redact?: (text: string) => string) {
  const clock = new ManualClock();
  const client = new MemoryClient();
  return { clock, client, ...aRecorder(client, clock, redact) };
}

const about = (name: string) => aNotice({ regarding: { ...aNotice().regarding, name } });
const broken = () => failure('Unavailable', events, { name: 'any' });

it('writes an event with six fractional digits, the reporter and what it is about', async () => {
  const { clock, recorder, stored } = setUp();

  recorder.record(aNotice());
  await clock.advance(0);

  expect(await stored()).toMatchObject([
    {
      eventTime: '2026-01-01T00:00:00.000000Z',
      reportingController: 'vish.dev/test',
      reportingInstance: 'vish-0',
      reason: 'Built',
      regarding: { name: 'web' },
    },
  ]);
});

it('turns the second equal event into a series at once, and only counts the next ones', async () => {
  const { clock, client, recorder, stored } = setUp();

  for (let n = 0; n < 5; n++) {
    recorder.record(aNotice({ note: `try ${n}` }));
    await clock.advance(1000);
  }

  expect(client.requests.map((request) => request.split(' ')[0])).toEqual(['create', 'patch']);
  expect(await stored()).toMatchObject([
    { note: 'try 0', series: { count: 2, lastObservedTime: '2026-01-01T00:00:01.000000Z' } },
  ]);
});

it('writes the final count when a series was idle for six minutes, and starts another event after that', async () => {
  const { clock, recorder, stored } = setUp();
  for (let n = 0; n < 5; n++) {
    recorder.record(aNotice());
    await clock.advance(1000);
  }

  await clock.advance(7 * minute);
  const [final] = await stored();
  recorder.record(aNotice());
  await clock.advance(0);

  expect(final?.series?.count).toBe(5);
  expect(await stored()).toHaveLength(2);
});

it('refreshes a series that goes on every 30 minutes', async () => {
  const { clock, client, recorder, stored } = setUp();
  for (let n = 0; n < 33; n++) {
    recorder.record(aNotice());
    await clock.advance(minute);
  }

  expect((await stored())[0]?.series?.count).toBeGreaterThan(29);
  expect(client.requests.filter((request) => request.startsWith('patch'))).toHaveLength(2);
});

it('creates the event again when the server has forgotten it', async () => {
  const { clock, client, recorder, stored } = setUp();
  recorder.record(aNotice());
  await clock.advance(0);
  const [event] = await stored();
  await client.delete(events, { namespace: 'default', name: event?.metadata.name ?? '' });

  recorder.record(aNotice());
  await clock.advance(0);

  expect((await stored())[0]?.series?.count).toBe(2);
});

it('lets one object cause 25 events at once and one each five minutes, and counts what it dropped', async () => {
  const { clock, recorder, registry, stored } = setUp();
  const burst = () => {
    for (let n = 0; n < 40; n++) recorder.record(aNotice({ reason: `Reason${n}` }));
  };

  burst();
  recorder.record(about('other'));
  await clock.advance(0);
  const first = (await stored()).length;
  await clock.advance(5 * minute);
  recorder.record(aNotice({ reason: 'Later' }));
  recorder.record(aNotice({ reason: 'TooSoon' }));
  await clock.advance(0);

  expect(first).toBe(26);
  expect((await stored()).length).toBe(27);
  expect(await sample(registry, 'events_dropped_total', { reason: 'spam' })).toBe(16);
});

it('holds 1,000 events while nothing can be written, and counts what it dropped', async () => {
  const { clock, client, recorder, registry } = setUp();
  client.create = () => new Promise(() => undefined);

  for (let n = 0; n < 1100; n++) recorder.record(about(`web-${n}`));
  await clock.advance(0);

  expect(await sample(registry, 'events_dropped_total', { reason: 'queue_full' })).toBe(100);
  expect(await sample(registry, 'events_queue_depth')).toBe(996);
});

it('tries twelve times when the server is away, and not again when it refuses', async () => {
  const { clock, client, recorder, registry } = setUp();
  client.fault = broken;
  recorder.record(aNotice());
  await clock.advance(5 * minute);
  const tries = client.requests.length;
  client.requests.length = 0;
  client.fault = () => failure('Forbidden', events, { name: 'any' });

  recorder.record(about('other'));
  await clock.advance(minute * 5);

  expect(tries).toBe(12);
  expect(client.requests).toHaveLength(1);
  expect(await sample(registry, 'events_dropped_total', { reason: 'refused' })).toBe(1);
});

it('takes an event that exists already for its own earlier try', async () => {
  const { clock, client, recorder, stored } = setUp();
  const create = client.create.bind(client);
  client.create = async (resource, object) => {
    await create(resource, object);
    client.create = create;
    throw broken();
  };

  recorder.record(aNotice());
  await clock.advance(minute);

  expect(await stored()).toHaveLength(1);
  expect(client.requests).toHaveLength(2);
});

it('takes secrets out of the note', async () => {
  const redactor = new Redactor();
  redactor.add('hush-hush');
  const { clock, recorder, stored } = setUp((text) => redactor.text(text));

  recorder.record(aNotice({ note: 'push with hush-hush failed' }));
  await clock.advance(0);

  expect((await stored())[0]?.note).toBe('push with [redacted] failed');
});

it('a note has at most 1,024 bytes and no half character', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 0, maxLength: 3000 }), (note) => {
      const cut = cutNote(note);
      expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(1024);
      expect(Buffer.byteLength(note) <= 1024 ? cut === note : note.startsWith(cut.slice(0, -3))).toBe(true);
    }),
  );
});

it('writes at the end what waits and the counts that were not told yet, and leaves no timer', async () => {
  const { clock, recorder, stored, stop, ended } = setUp();
  for (let n = 0; n < 3; n++) {
    recorder.record(aNotice());
    await clock.advance(0);
  }
  recorder.record(about('other'));

  stop();
  await clock.advance(0);
  await ended;

  expect((await stored()).map(({ series }) => series?.count)).toEqual([3, undefined]);
  expect(clock.pending).toBe(0);
});

it('ends after five seconds when nothing can be written, and drops what is said after that', async () => {
  const { clock, client, recorder, registry, stop, ended } = setUp();
  client.create = () => new Promise(() => undefined);
  for (let n = 0; n < 6; n++) recorder.record(about(`web-${n}`));

  stop();
  await clock.advance(5000);
  await ended;
  recorder.record(about('late'));

  expect(await sample(registry, 'events_dropped_total', { reason: 'gave_up' })).toBe(3);
});
