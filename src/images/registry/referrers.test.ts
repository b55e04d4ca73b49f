import { beforeEach, expect, it } from 'vitest';
import type { Outbound, OutboundRequest } from '../../outbound/outbound.ts';
import { ManualClock } from '../../seams/manual-clock.ts';
import { digestOf } from './digest.ts';
import { attach, referrersOf, referrersTag } from './referrers.ts';
import { Repository } from './repository.ts';
import { tagsOf } from './tags.ts';
import { mediaTypes } from './types.ts';

const subject = { mediaType: mediaTypes.manifest, digest: digestOf('image'), size: 5 };
const listPath = `/v2/acme/shop/referrers/${subject.digest}`;
const note = { artifactType: 'a/b', mediaType: 'text/plain', content: Buffer.from('note') };

interface Reply {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
}

let asked: string[];
let reply: (request: OutboundRequest, path: string) => Reply;

beforeEach(() => {
  asked = [];
});

/** A registry that answers as the test says; https, without login. */
function repository(): Repository {
  const stream = async (request: OutboundRequest) => {
    const path = request.url.replace('https://r.test', '');
    asked.push(`${request.method ?? 'GET'} ${path}`);
    const { status, headers = {}, body = {} } = reply(request, path);
    return {
      status,
      url: request.url,
      headers: new Map(Object.entries(headers)),
      body: (async function* () {
        yield Buffer.from(JSON.stringify(body));
      })(),
      cancel: () => undefined,
    };
  };
  const outbound = { stream } as unknown as Outbound;
  const { signal } = new AbortController();
  const clock = new ManualClock();
  return new Repository({ outbound, clock, host: 'r.test', repository: 'acme/shop', access: 'push', signal });
}

const pageOf = (name: string) => ({ manifests: [{ ...subject, digest: digestOf(name), artifactType: 'a/b' }] });

it('reads every page of a list of referrers, and no page of another host', async () => {
  const pages: Record<string, Reply> = {
    [listPath]: { status: 200, body: pageOf('one'), headers: { link: `<${listPath}?n=2>; rel="next"` } },
    [`${listPath}?n=2`]: {
      status: 200,
      body: pageOf('two'),
      headers: { link: '<https://evil.test/v2/x>; rel="next"' },
    },
  };
  reply = (_, path) => pages[path] ?? { status: 404 };

  const found = await referrersOf(repository(), subject.digest);

  expect(found.map(({ digest }) => digest)).toEqual([digestOf('one'), digestOf('two')]);
  expect(asked).toEqual([`GET ${listPath}`, `GET ${listPath}?n=2`]);
});

it('stops in a list that has no end, and says that there is more', async () => {
  reply = () => ({
    status: 200,
    body: { tags: ['a'] },
    headers: { link: '</v2/acme/shop/tags/list?again>; rel="next"' },
  });

  const { tags, isWhole } = await tagsOf(repository());

  expect([tags.length, isWhole]).toEqual([20, false]);
});

it('writes no tag where the registry says that it lists the referrer itself', async () => {
  reply = ({ method }, path) => {
    if (method === 'HEAD') return { status: 200 };
    return method === 'PUT' && path.includes('/manifests/')
      ? { status: 201, headers: { 'oci-subject': subject.digest } }
      : { status: 404 };
  };

  await attach(repository(), subject, note);

  expect(asked.filter((request) => request.includes(referrersTag(subject.digest)))).toEqual([]);
});

it('gives up, to be tried again, where its entry under the tag is lost each time', async () => {
  reply = ({ method }) => {
    if (method === 'HEAD') return { status: 200 };
    return method === 'PUT' ? { status: 201 } : { status: 404 };
  };

  await expect(attach(repository(), subject, note)).rejects.toMatchObject({
    reason: 'RegistryUnreachable',
    retryable: true,
  });
});

it('reads past an entry that is none of ours to understand, such as one with a long note', async () => {
  const long = { ...subject, annotations: { chain: 'x'.repeat(5000) } };
  const other = { ...subject, digest: `sha512:${'d'.repeat(128)}` };
  const manifests = [long, other, 'nonsense', ...pageOf('one').manifests];
  reply = (_, path) => (path === listPath ? { status: 200, body: { manifests } } : { status: 404 });

  const found = await referrersOf(repository(), subject.digest);

  expect(found.map(({ digest }) => digest)).toEqual([digestOf('one')]);
});

it.each([400, 405, 406])(
  'looks under the tag where a registry answers %d to a path that it does not know',
  async (status) => {
    const tagged = { status: 200, body: pageOf('one'), headers: { 'content-type': mediaTypes.index } };
    reply = (_, path) => (path === listPath ? { status } : tagged);

    const found = await referrersOf(repository(), subject.digest);

    expect(found.map(({ digest }) => digest)).toEqual([digestOf('one')]);
  },
);

it('takes nothing out of the list under the tag that others wrote there', async () => {
  const theirs = [
    {
      ...subject,
      digest: digestOf('theirs'),
      annotations: { chain: 'x'.repeat(5000) },
      urls: ['https://r.test/theirs'],
    },
    { ...subject, digest: `sha512:${'d'.repeat(128)}` },
  ];
  let list: { manifests: unknown[] } = { manifests: theirs };
  reply = ({ method, body }, path) => {
    if (method === 'HEAD') return { status: 200 };
    if (method === 'PUT') {
      if (path.includes(referrersTag(subject.digest)))
        list = JSON.parse(Buffer.from(body as Uint8Array).toString()) as typeof list;
      return { status: 201 };
    }
    return path.includes('/manifests/') ? { status: 200, body: list } : { status: 404 };
  };

  const { digest } = await attach(repository(), subject, note);

  expect(list.manifests).toEqual([...theirs, expect.objectContaining({ digest })]);
});

it('writes nothing over a list under the tag that it cannot read', async () => {
  reply = ({ method }, path) => {
    if (method === 'HEAD') return { status: 200 };
    if (method === 'PUT') return { status: 201 };
    return path.includes('/manifests/') ? { status: 200, body: { manifests: 'none' } } : { status: 404 };
  };

  await expect(attach(repository(), subject, note)).rejects.toMatchObject({ reason: 'SourceRefused' });
  expect(asked).not.toContain(`PUT /v2/acme/shop/manifests/${referrersTag(subject.digest)}`);
});
