import { beforeEach, expect, it } from 'vitest';
import type { Outbound, OutboundRequest } from '../../outbound/outbound.ts';
import { ManualClock } from '../../seams/manual-clock.ts';
import { deleteImage } from './delete-image.ts';
import { digestOf } from './digest.ts';
import { referrersTag } from './referrers.ts';
import { Repository } from './repository.ts';
import { mediaTypes } from './types.ts';

interface Stored {
  readonly mediaType: string;
  readonly content: string;
}

/** Manifests by digest, tags, and which answer the list of tags has; it keeps no list of referrers. */
let manifests: Map<string, Stored>;
let tags: Map<string, string>;
let tagList: () => { status: number; body?: unknown; link?: string };

beforeEach(() => {
  manifests = new Map();
  tags = new Map();
  tagList = () => ({ status: 200, body: { tags: [...tags.keys()] } });
});

function put(mediaType: string, value: object): string {
  const content = JSON.stringify({ schemaVersion: 2, mediaType, ...value });
  manifests.set(digestOf(content), { mediaType, content });
  return digestOf(content);
}

const blob = (name: string) => ({ mediaType: 'layer', digest: digestOf(name), size: 1 });
const image = (name: string, more: object = {}) =>
  put(mediaTypes.manifest, { config: blob(name), layers: [blob(name)], ...more });
const listOf = (...digests: string[]) => ({
  manifests: digests.map((digest) => ({ mediaType: mediaTypes.manifest, digest, size: 1 })),
});
const attachedTo = (subject: string) => ({ subject: { mediaType: mediaTypes.index, digest: subject, size: 1 } });

function answer({ method = 'GET', url }: OutboundRequest) {
  const path = new URL(url).pathname;
  if (path.endsWith('/tags/list')) return tagList();
  if (!path.includes('/manifests/')) return { status: 404 };
  const reference = path.split('/manifests/')[1] ?? '';
  const digest = tags.get(reference) ?? reference;
  const found = manifests.get(digest);
  if (found === undefined) return { status: 404 };
  if (method === 'DELETE') {
    manifests.delete(digest);
    for (const [tag, to] of tags) if (to === digest) tags.delete(tag);
    return { status: 202 };
  }
  return { status: 200, digest, found };
}

function repository(): Repository {
  const stream = async (request: OutboundRequest) => {
    const reply = answer(request);
    const found = 'found' in reply ? reply.found : undefined;
    const headers = new Map(Object.entries({ 'content-type': found?.mediaType ?? 'application/json' }));
    if ('digest' in reply && reply.digest !== undefined) headers.set('docker-content-digest', reply.digest);
    if ('link' in reply && reply.link !== undefined) headers.set('link', reply.link);
    const text = found?.content ?? JSON.stringify('body' in reply ? reply.body : {});
    return {
      status: reply.status,
      url: request.url,
      headers,
      body: (async function* () {
        yield Buffer.from(text);
      })(),
      cancel: () => undefined,
    };
  };
  const { signal } = new AbortController();
  const outbound = { stream } as unknown as Outbound;
  const clock = new ManualClock();
  return new Repository({ outbound, clock, host: 'r.test', repository: 'acme/shop', access: 'delete', signal });
}

const remove = (digest: string, keep: string[] = []) =>
  deleteImage(repository(), { digest, keep, isOurs: (tag) => /^[0-9a-f]{40}$/.test(tag) });

it('deletes what names the image as its subject, with the list of it', async () => {
  const goes = image('old');
  const signature = image('signature', attachedTo(goes));
  const list = put(mediaTypes.index, listOf(signature));
  tags.set(referrersTag(goes), list);

  expect(await remove(goes)).toBe('deleted');

  expect([...manifests.keys()]).toEqual([]);
});

it('deletes no image that somebody wrote into the list of what is attached, and not what the tag of that list leads to', async () => {
  const goes = image('old');
  const runs = image('of another Project');
  const list = put(mediaTypes.index, listOf(runs));
  tags.set(referrersTag(goes), list);

  expect(await remove(goes)).toBe('deleted');
  expect([...manifests.keys()]).toEqual([runs, list]);

  const next = image('older');
  const live = put(mediaTypes.index, listOf(image('amd64')));
  tags.set(referrersTag(next), live);
  expect(await remove(next)).toBe('deleted');
  expect(manifests.has(live)).toBe(true);
});

it('keeps what is in use although it names the image as its subject', async () => {
  const goes = image('old');
  const runs = image('runs', attachedTo(goes));
  tags.set(referrersTag(goes), put(mediaTypes.index, listOf(runs)));

  await remove(goes, [runs]);

  expect(manifests.has(runs)).toBe(true);
});

it('keeps the image of one platform where that one is in use by its own digest', async () => {
  const [amd64, arm64] = [image('amd64'), image('arm64')];
  const goes = put(mediaTypes.index, listOf(amd64, arm64));

  expect(await remove(goes, [amd64])).toBe('deleted');

  expect([...manifests.keys()]).toEqual([amd64]);
});

it('leaves an index whose image of one platform somebody gave a tag of their own', async () => {
  const amd64 = image('amd64');
  const goes = put(mediaTypes.index, listOf(amd64));
  tags.set('stable-amd64', amd64);

  expect(await remove(goes)).toBe('kept');
  expect(manifests.has(amd64)).toBe(true);
});

it.each([
  ['is not there', { status: 404 }],
  ['cannot be read', { status: 200, body: { tags: ['x'.repeat(200)] } }],
  ['goes on at another host', { status: 200, body: { tags: [] }, link: '<https://inside.test/v2/x>; rel="next"' }],
])('keeps an image where the list of tags %s, because somebody may have given it one', async (_, list) => {
  const goes = image('old');
  tags.set('v1', goes);
  tagList = () => list;

  expect(await remove(goes)).toBe('kept');
  expect(manifests.has(goes)).toBe(true);
});
