import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { AuditTail, micros } from './audit.ts';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'vish-audit-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const event = (name: string) =>
  JSON.stringify({
    verb: 'patch',
    userAgent: 'vish',
    objectRef: { resource: 'widgets', name, subresource: 'status' },
    requestReceivedTimestamp: '2026-01-01T00:00:00.000250Z',
    stageTimestamp: '2026-01-01T00:00:00.001250Z',
  });

it('reads only what was appended, and leaves half a line for the next time', () => {
  const file = join(folder, 'audit.log');
  writeFileSync(file, `${event('before')}\n`);
  const tail = new AuditTail(file);
  const [start, end] = [event('two').slice(0, 20), event('two').slice(20)];

  appendFileSync(file, `${event('one')}\n${start}`);
  const first = tail.read();
  appendFileSync(file, `${end}\n`);
  const second = tail.read();

  expect(first.map(({ name }) => name)).toEqual(['one']);
  expect(second.map(({ name }) => name)).toEqual(['two']);
  expect(first[0]).toMatchObject({ verb: 'patch', userAgent: 'vish', resource: 'widgets', subresource: 'status' });
});

it('keeps microseconds, which Date would drop', () => {
  expect(micros('2026-01-01T00:00:01.000250Z') - micros('2026-01-01T00:00:00.999999Z')).toBe(251);
  expect(micros('2026-01-01T00:00:01Z') - micros('2026-01-01T00:00:00.5Z')).toBe(500_000);
});
