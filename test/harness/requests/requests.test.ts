import { appendFile, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { endOf, entriesSince } from './audit-log.ts';
import { unusedRights } from './rights.ts';
import { tally } from './tally.ts';

let folder: string;
let log: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'audit-'));
  log = join(folder, 'audit.log');
  await writeFile(log, '');
});

afterEach(() => rm(folder, { recursive: true }));

interface Line {
  id?: string;
  verb?: string;
  group?: string;
  resource?: string;
  subresource?: string;
  code?: number;
  /** Null for none. */
  username?: string | null;
}

let ids = 0;

async function write({
  id = String(ids++),
  verb = 'get',
  group = '',
  resource = 'pods',
  subresource,
  code = 200,
  username = 'vish',
}: Line) {
  const entry = {
    auditID: id,
    verb,
    requestURI: `/${resource}`,
    user: username === null ? {} : { username },
    objectRef: { resource, ...(group && { apiGroup: group }), ...(subresource && { subresource }), namespace: 'shop' },
    responseStatus: { code },
    requestReceivedTimestamp: '2026-01-01T00:00:00.000001Z',
  };
  await appendFile(log, `${JSON.stringify(entry)}\n`);
}

const start = { offset: 0 };
const all = async () => entriesSince(log, { ...(await endOf(log)), ...start });

describe('the audit log', () => {
  it('is read from a mark on, also across its rotation', async () => {
    await write({ verb: 'list' });
    const mark = await endOf(log);
    await write({ verb: 'create' });
    await rename(log, join(folder, 'audit-2026-01-01T00-00-00.000.log'));
    await write({ verb: 'delete' });

    const verbs = (await entriesSince(log, mark)).map(({ verb }) => verb);

    expect(verbs).toEqual(['create', 'delete']);
  });
  it('is refused when rotation removed what was to be counted', async () => {
    await write({});
    const mark = await endOf(log);
    await writeFile(join(folder, 'next'), '');
    await rename(join(folder, 'next'), log);

    await expect(entriesSince(log, mark)).rejects.toThrow('Mark more often');
  });
  it('has a watch twice, which is one request, and a last line that is not complete', async () => {
    await write({ id: 'w', verb: 'watch' });
    await write({ id: 'w', verb: 'watch' });
    await appendFile(log, '{"auditID":"half');

    expect(await all()).toHaveLength(1);
  });
  it('has requests of nobody, which were not let in', async () => {
    await write({ username: null, code: 401 });

    expect(await all()).toEqual([expect.objectContaining({ user: '', code: 401 })]);
  });
});

describe('the tally', () => {
  it('keeps watches and leases apart and counts by verb and resource', async () => {
    await write({ verb: 'watch' });
    await write({ verb: 'update', group: 'coordination.k8s.io', resource: 'leases' });
    await write({ verb: 'patch', group: 'vish.dev', resource: 'deployments', subresource: 'status' });
    await write({ verb: 'patch', group: 'vish.dev', resource: 'deployments', subresource: 'status' });
    await write({ verb: 'get' });

    const counted = tally(await all());

    expect(counted.total).toBe(3);
    expect(counted.calls).toEqual([
      { verb: 'patch', resource: 'deployments.vish.dev/status', count: 2 },
      { verb: 'get', resource: 'pods', count: 1 },
    ]);
    expect(counted.table()).toContain('    2  patch    deployments.vish.dev/status\n');
    expect(counted.table()).toContain('    1  watch    pods  (watches)\n');
  });
  it('fails when something was denied, and says what', async () => {
    await write({ verb: 'get' });
    expect(() => tally([]).expectNoneDenied()).not.toThrow();
    await write({ verb: 'list', resource: 'secrets', code: 403 });

    const counted = tally(await all());

    expect(() => counted.expectNoneDenied()).toThrow('1 requests were denied:\n  list secrets shop/');
  });
});

it('rights that no request used are named', async () => {
  await write({ verb: 'list' });
  await write({ verb: 'patch', group: 'vish.dev', resource: 'builds', subresource: 'status' });
  const rules = [
    { apiGroups: [''], resources: ['pods', 'secrets'], verbs: ['get', 'list'] },
    { apiGroups: ['vish.dev'], resources: ['builds/status'], verbs: ['patch'] },
  ];

  expect(unusedRights(rules, await all())).toEqual(['pods: get', 'secrets: get, list']);
});
