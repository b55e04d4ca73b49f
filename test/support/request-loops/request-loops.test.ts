import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { endOf } from '../../harness/requests/audit-log.ts';
import { expectNoLoopIn } from './audited.ts';
import { RequestCounts } from './request-counts.ts';
import { keyOfRequest } from './sent.ts';

const limits = { reads: 20, writes: 5, windowMs: 1000 };

function counted(times: number, everyMs: number, isRead = false): RequestCounts {
  const counts = new RequestCounts(limits);
  for (let index = 0; index < times; index++) counts.note('PATCH /api/v1/x', { isRead, atMs: index * everyMs });
  return counts;
}

it('names who writes the same object again and again, how often, and what is allowed', () => {
  expect(() => counted(6, 1).expectNoLoop('a.api.test.ts')).toThrow(
    /^a\.api\.test\.ts sent the same request in a loop: within 1 s PATCH \/api\/v1\/x 6 times, 5 are allowed\. Find/,
  );
});

it('lets a slow repetition and a busy reader be', () => {
  expect(counted(100, 250).hot()).toEqual([]);
  expect(counted(20, 1, true).hot()).toEqual([]);
});

it('finds a short loop in the middle of a long quiet time', () => {
  const counts = counted(6, 1);
  counts.note('PATCH /api/v1/x', { isRead: false, atMs: 60_000 });

  expect(counts.hot()).toEqual([{ key: 'PATCH /api/v1/x', count: 6, limit: 5 }]);
});

it('tells requests apart by what they do to what, whatever their query', () => {
  const post = (name: object) => ({ method: 'POST', path: '/api/v1/x', body: Buffer.from(JSON.stringify(name)) });

  expect(keyOfRequest({ method: 'GET', path: '/api/v1/x?limit=5' })).toBe('GET /api/v1/x');
  expect(keyOfRequest({ method: 'GET', path: '/api/v1/x?watch=true' })).toBe('WATCH /api/v1/x');
  expect(keyOfRequest(post({ metadata: { name: 'a' } }))).toBe('POST /api/v1/x a');
  expect(keyOfRequest(post({ metadata: { generateName: 'a-' } }))).toBe('POST /api/v1/x a-');
  expect(keyOfRequest({ method: 'GET', path: '/metrics' })).toBeUndefined();
});

it('counts a dry run by what it tries', () => {
  const path = '/api/v1/x?dryRun=All';
  const [one, same, other] = ['1', '1', '2'].map((text) =>
    keyOfRequest({ method: 'PUT', path, body: Buffer.from(text) }),
  );

  expect(one).toBe(same);
  expect(one).not.toBe(other);
});

it('lets a test repeat on purpose what it names, and no more often than it says', () => {
  const counts = counted(8, 1);
  counts.allow('PATCH /api/v1/x', 8);
  expect(counts.hot()).toEqual([]);

  counts.note('PATCH /api/v1/x', { isRead: false, atMs: 8 });
  expect(counts.hot()).toEqual([{ key: 'PATCH /api/v1/x', count: 9, limit: 8 }]);
});

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'vish-loops-'))));
afterEach(() => rmSync(folder, { recursive: true }));

it('finds a loop of a child process or a pod in the audit log, and counts only what came after the start', async () => {
  const auditLog = join(folder, 'audit.log');
  const write = (userAgent: string) => {
    const lines = Array.from({ length: 150 }, (_, index) => `${entry(userAgent, index)}\n`);
    appendFileSync(auditLog, lines.toReversed().join(''));
  };
  writeFileSync(auditLog, '');
  const start = await endOf(auditLog);
  write('kubelet/v1');
  await expectNoLoopIn(auditLog, { suite: 'e2e', from: start });
  write('vish/0.1.0');

  await expect(expectNoLoopIn(auditLog, { suite: 'e2e', from: start })).rejects.toThrow(
    'in the suite "e2e" a program of ours sent the same request in a loop: within 10 s ' +
      'vish/0.1.0: update pods/status shop/web 150 times, 100 are allowed. Find what wakes',
  );
  await expectNoLoopIn(auditLog, { suite: 'e2e', from: await endOf(auditLog) });
});

function entry(userAgent: string, index: number): string {
  return JSON.stringify({
    auditID: `${userAgent}-${index}`,
    verb: 'update',
    requestURI: '/api/v1/namespaces/shop/pods/web/status',
    userAgent,
    user: { username: 'vish' },
    requestReceivedTimestamp: new Date(index * 10).toISOString(),
    objectRef: { resource: 'pods', subresource: 'status', namespace: 'shop', name: 'web' },
  });
}
