import { beforeEach, expect, it } from 'vitest';
import { MemoryClient } from '../../../../test/support/memory-client.ts';
import type { Build } from '../../../crds/build/build.ts';
import { annotations } from '../../../objects/labels.ts';
import { builds } from '../../../objects/vish.ts';
import type { Read } from '../../../objects/wire.ts';
import { takeUp } from './take-up.ts';

let client: MemoryClient;
beforeEach(() => {
  client = new MemoryClient();
});

async function aBuild(mark?: string): Promise<Read<Build>> {
  const metadata = {
    namespace: 'shop',
    name: 'web-1',
    ...(mark && { annotations: { [annotations.unusedSince]: mark } }),
  };
  return client.create(builds, { metadata } as unknown as Build);
}

function take(build: Read<Build>): Promise<Read<Build>> {
  const { signal } = new AbortController();
  return takeUp({ client, wrote: () => undefined, deleted: () => undefined, signal }, build);
}

const isWaiting = { finding: { reason: 'BuildQueued' }, lookAgainMs: 1000 };

it('takes a Build without a mark as it is, and asks for nothing', async () => {
  const build = await aBuild();

  expect(await take(build)).toBe(build);
  expect(client.requests).toHaveLength(1);
});

it('takes the mark away before it uses a Build', async () => {
  expect((await take(await aBuild('2026-01-01T00:00:00Z'))).metadata.annotations).toEqual({});
});

it('waits where the deletion was faster', async () => {
  const seen = await aBuild('2026-01-01T00:00:00Z');
  const key = { namespace: 'shop', name: 'web-1' };
  await client.patch(
    builds,
    key,
    { metadata: { annotations: { [annotations.unusedSince]: 'Deleting' } } },
    { type: 'merge' },
  );

  await expect(take(seen)).rejects.toMatchObject(isWaiting);
});

it('has a Build made again whose image is going', async () => {
  await expect(take(await aBuild('Deleting'))).rejects.toMatchObject(isWaiting);

  expect((await client.list(builds)).items).toEqual([]);
});
