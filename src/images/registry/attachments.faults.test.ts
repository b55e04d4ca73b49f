import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { startRegistry, type TestRegistry } from '../../../hack/cluster/images/testing/registry.ts';
import { createOutbound, type Outbound } from '../../outbound/outbound.ts';
import { systemClock } from '../../seams/system.ts';
import { deleteImage } from './delete-image.ts';
import { digestOf } from './digest.ts';
import { pushLayout } from './layout.ts';
import { attach, referrersOf, referrersTag } from './referrers.ts';
import { Layout, plainHttpAt } from './registry-rig.ts';
import { Repository } from './repository.ts';
import { tagsOf } from './tags.ts';
import type { Descriptor } from './types.ts';

let work: string;
let open: TestRegistry;
let keeping: TestRegistry;
let outbound: Outbound;
let subject: Descriptor;

beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'vish-attachments-'));
  open = await startRegistry(await mkdtemp(join(work, 'open-')), { deletes: true });
  keeping = await startRegistry(await mkdtemp(join(work, 'keeping-')));
  const exceptions = [open.host, keeping.host].map(plainHttpAt);
  outbound = createOutbound({ clock: systemClock, resolver: async () => ['127.0.0.1'], exceptions });
});

afterAll(async () => {
  await outbound.close();
  await open[Symbol.asyncDispose]();
  await keeping[Symbol.asyncDispose]();
  await rm(work, { recursive: true, force: true });
});

function repository(name: string, host = open.host): Repository {
  const signal = AbortSignal.timeout(60_000);
  return new Repository({ outbound, clock: systemClock, host, repository: name, access: 'delete', signal });
}

beforeEach(async () => {
  const layout = new Layout(await mkdtemp(join(work, 'layout-')));
  subject = (await layout.image([1000])).image;
  await layout.holds(subject);
  for (const to of [repository('acme/shop'), repository('acme/shop', keeping.host)])
    await pushLayout(layout.folder, to, 'v1');
});

const note = (text: string) => ({
  artifactType: 'application/vnd.test.note',
  annotations: { said: text },
  mediaType: 'application/json',
  content: Buffer.from(JSON.stringify({ text })),
});

it('lists what is attached to an image of a registry without a list of referrers, each thing once', async () => {
  const here = repository('acme/shop');

  const first = await attach(here, subject, note('first'));
  const second = await attach(here, subject, note('second'));
  await attach(here, subject, note('first'));

  const found = await referrersOf(here, subject.digest);
  expect(found).toEqual([first, second]);
  expect(found.map(({ artifactType, annotations }) => [artifactType, annotations])).toEqual([
    ['application/vnd.test.note', { said: 'first' }],
    ['application/vnd.test.note', { said: 'second' }],
  ]);
  expect(await referrersOf(here, digestOf('nothing'))).toEqual([]);
});

it('lists the tags of a repository, and claims nothing of one that does not exist', async () => {
  const here = repository('acme/shop');
  await attach(here, subject, note('tagged'));

  const { tags, isWhole } = await tagsOf(here);

  expect(tags).toEqual(expect.arrayContaining(['v1', referrersTag(subject.digest)]));
  expect(isWhole).toBe(true);
  expect(await tagsOf(repository('acme/none'))).toEqual({ tags: [], isWhole: false });
});

it('deletes an image with its tag, once, and says where the registry lets nothing be deleted', async () => {
  const here = repository('acme/shop');

  expect(await here.deleteManifest(subject.digest)).toBe('deleted');
  expect(await here.digestOf('v1')).toBeUndefined();
  expect(await here.deleteManifest(subject.digest)).toBe('absent');
  expect(await repository('acme/shop', keeping.host).deleteManifest(subject.digest)).toBe('unsupported');
});

const isOurs = (tag: string) => /^[0-9a-f]{40}$/.test(tag);

it('deletes an image with all that is attached to it, and leaves what another image is made of', async () => {
  const layout = new Layout(await mkdtemp(join(work, 'layout-')));
  const [shared, alone] = [(await layout.image([10])).image, (await layout.image([20])).image];
  const here = repository('acme/parts');
  const push = async (...parts: Descriptor[]) => {
    const index = await layout.index(parts);
    await layout.holds(index);
    await pushLayout(layout.folder, here, 'c'.repeat(40));
    return index;
  };
  const stays = await push(shared);
  const goes = await push(shared, alone);
  const attached = await attach(here, goes, note('signature'));

  expect(await deleteImage(here, { digest: goes.digest, keep: [stays.digest], isOurs })).toBe('deleted');

  const gone = [goes, alone, attached].map(({ digest }) => digest);
  for (const digest of [...gone, referrersTag(goes.digest)]) expect(await here.digestOf(digest)).toBeUndefined();
  for (const { digest } of [stays, shared]) expect(await here.digestOf(digest)).toBe(digest);
  expect(await deleteImage(here, { digest: goes.digest, keep: [stays.digest], isOurs })).toBe('absent');
});

it('leaves an image that somebody gave a tag of their own, and one that the registry keeps', async () => {
  const there = repository('acme/shop', keeping.host);
  const wanted = { digest: subject.digest, keep: [], isOurs };

  expect(await deleteImage(repository('acme/shop'), wanted)).toBe('kept');
  expect(await deleteImage(there, { ...wanted, isOurs: () => true })).toBe('unsupported');
  expect(await there.digestOf(subject.digest)).toBe(subject.digest);
});
