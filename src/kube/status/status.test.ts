import { expect, it } from 'vitest';
import { MemoryClient } from '../../../test/support/memory-client.ts';
import { aWidget, type Widget, widgets } from '../../../test/support/objects.ts';
import { fc } from '../../../test/support/properties.ts';
import { recordingLogger } from '../../../test/support/recording-logger.ts';
import { ManualClock } from '../../seams/manual-clock.ts';
import type { Stored } from '../client/client.ts';
import { isKubeError } from '../errors/errors.ts';
import { mergeConditions, type StatusCondition, type WantedCondition } from './conditions.ts';
import { mergePatch } from './merge-patch.ts';
import { StatusWriter } from './status-writer.ts';

const ready: WantedCondition = { type: 'Ready', status: 'True', reason: 'Up', message: '', observedGeneration: 3 };
const foreign: StatusCondition = {
  type: 'Checked',
  status: 'True',
  reason: 'Fine',
  message: '',
  lastTransitionTime: '2020-01-01T00:00:00Z',
};

async function setUp(status: Widget['status'] = {}) {
  const client = new MemoryClient();
  const clock = new ManualClock();
  const object = await client.create(widgets, aWidget({}, status));
  client.requests.length = 0;
  const ownedConditions = ['Ready', 'Stalled'];
  const writer = new StatusWriter({ client, clock, resource: widgets, fieldManager: 'test', ownedConditions });
  const write = (from: Stored<Widget>, fields: object, conditions?: WantedCondition[]) => {
    const draft = writer.begin(from);
    draft.set(fields);
    if (conditions) draft.setConditions(conditions);
    return draft.commit();
  };
  return { client, clock, object, writer, write };
}

it('writes what was collected in one request', async () => {
  const { client, object, writer } = await setUp();
  const draft = writer.begin(object);
  draft.set({ ready: 1 });
  draft.set({ phase: 'Up' });
  draft.setConditions([ready]);

  const written = await draft.commit();

  expect(written?.status).toEqual({
    ready: 1,
    phase: 'Up',
    conditions: [{ ...ready, lastTransitionTime: '2026-01-01T00:00:00Z' }],
  });
  expect(client.requests).toEqual(['patch status widgets.example.dev shop/web']);
});

it('sends nothing when the status is as wanted, also much later', async () => {
  const { client, clock, object, write } = await setUp();
  const written = (await write(object, { ready: 1 }, [ready])) ?? object;
  client.requests.length = 0;
  await clock.advance(3_600_000);

  const again = await write(written, { ready: 1 }, [ready]);

  expect(again).toBe(written);
  expect(client.requests).toEqual([]);
});

it('tells the log of each new word of Ready, and not of a message that moves on', async () => {
  const { object, writer } = await setUp();
  const log = recordingLogger();
  const commit = (from: Stored<Widget>, condition: WantedCondition) => {
    const draft = writer.begin(from);
    draft.setConditions([condition]);
    return draft.commit({ log });
  };
  const first = (await commit(object, { ...ready, status: 'Unknown', reason: 'Rising', message: '1 of 3' })) ?? object;
  const second = (await commit(first, { ...ready, status: 'Unknown', reason: 'Rising', message: '2 of 3' })) ?? object;
  await commit(second, ready);

  expect(log.at('info')).toEqual([
    { level: 'info', message: 'Status changed', ready: 'Unknown', reason: 'Rising', detail: '1 of 3' },
    { level: 'info', message: 'Status changed', ready: 'True', reason: 'Up', detail: '' },
  ]);
});

it('sends nothing for a condition whose optional field is undefined', async () => {
  const { client, object, write } = await setUp();
  const plain = { type: 'Ready', status: 'True', reason: 'Up', message: '' };
  const written = (await write(object, {}, [plain])) ?? object;
  client.requests.length = 0;

  await write(written, {}, [{ ...plain, observedGeneration: undefined }] as unknown as WantedCondition[]);

  expect(client.requests).toEqual([]);
});

it('leaves conditions and fields that others own, and removes owned conditions that are not wanted', async () => {
  const stalled = { ...foreign, type: 'Stalled' };
  const { object, write } = await setUp({ phase: 'Up', ready: 2, conditions: [stalled, foreign] });

  const written = await write(object, { ready: 3 }, [ready]);

  expect(written?.status).toMatchObject({ phase: 'Up', ready: 3 });
  expect(written?.status?.conditions?.map(({ type }) => type)).toEqual(['Checked', 'Ready']);
});

it('leaves all conditions alone when a reconcile says nothing about them', async () => {
  const { object, write } = await setUp({ conditions: [foreign] });

  const written = await write(object, { ready: 3 });

  expect(written?.status?.conditions).toEqual([foreign]);
});

it('removes a field that is set to undefined', async () => {
  const { object, write } = await setUp({ phase: 'Up', ready: 2 });

  const written = await write(object, { phase: undefined });

  expect(written?.status).toEqual({ ready: 2 });
});

it('lets a conflict through, because the status was derived from an old object', async () => {
  const { client, object, write } = await setUp();
  await client.update(widgets, { ...object, spec: { size: 2 } });

  const error: unknown = await write(object, { ready: 1 }).catch((e: unknown) => e);

  expect(isKubeError(error, 'Conflict')).toBe(true);
});

it.each([
  ['ignores that an object is gone which was being deleted', { deletionTimestamp: '2026-01-01T00:00:00Z' }, 'ignored'],
  ['reports that an object is gone which was not being deleted', {}, 'NotFound'],
])('%s', async (_, metadata, expected) => {
  const { write } = await setUp();

  const outcome = write(aWidget({ name: 'gone', ...metadata }), { ready: 1 });
  const result = await outcome.then(
    (written) => (written ? 'written' : 'ignored'),
    (error: unknown) => (isKubeError(error) ? error.code : 'other'),
  );

  expect(result).toBe(expected);
});

it('refuses a second write, a condition that is not owned, and a type named twice', async () => {
  const { object, writer } = await setUp();
  const draft = writer.begin(object);
  await draft.commit();

  await expect(draft.commit()).rejects.toThrow('written already');
  expect(() => draft.setConditions([{ ...ready, type: 'Checked' }])).toThrow('"Checked" is not owned');
  expect(() => draft.setConditions([ready, ready])).toThrow('named twice');
});

const someStatus = fc.constantFrom('True', 'False', 'Unknown');
const someType = fc.constantFrom('Ready', 'Stalled', 'Checked');
const someWanted = fc.uniqueArray(
  fc.record({ type: someType, status: someStatus, reason: fc.constantFrom('A', 'B'), message: fc.string() }),
  { selector: ({ type }) => type },
);

it('changes lastTransitionTime exactly when the status changes, and merging twice changes nothing', () => {
  const owned = new Set(['Ready', 'Stalled', 'Checked']);
  fc.assert(
    fc.property(someWanted, someWanted, (first, second) => {
      const before = mergeConditions([], first, owned, 1000);
      const after = mergeConditions(before, second, owned, 60_000);

      expect(mergeConditions(after, second, owned, 90_000)).toEqual(after);
      for (const condition of after) {
        const old = before.find(({ type }) => type === condition.type);
        expect(condition.lastTransitionTime === old?.lastTransitionTime).toBe(old?.status === condition.status);
      }
    }),
  );
});

const someJson = fc.dictionary(
  fc.constantFrom('a', 'b', 'c'),
  fc.oneof(fc.integer(), fc.array(fc.nat(2)), fc.dictionary(fc.constantFrom('x', 'y'), fc.nat(2))),
);

it('a merge patch turns the stored fields into the wanted ones, and is none when they are equal', () => {
  fc.assert(
    fc.property(someJson, someJson, (stored, wanted) => {
      const patched = applied(stored, mergePatch(stored, wanted) ?? {});

      expect(patched).toEqual({ ...stored, ...wanted });
      expect(mergePatch(patched, wanted)).toBeUndefined();
    }),
  );
});

/** RFC 7396, as the server does it. */
function applied(target: object, patch: object): object {
  const result: Record<string, unknown> = { ...target };
  for (const [name, value] of Object.entries<unknown>({ ...patch })) {
    if (value === null) delete result[name];
    else result[name] = isFields(value) ? applied(isFields(result[name]) ? result[name] : {}, value) : value;
  }
  return result;
}

function isFields(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
