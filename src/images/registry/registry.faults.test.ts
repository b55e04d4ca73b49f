import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { startRegistry, type TestRegistry } from '../../../hack/cluster/images/testing/registry.ts';
import { createOutbound, type Outbound } from '../../outbound/outbound.ts';
import { systemClock } from '../../seams/system.ts';
import { copyImage } from './copy.ts';
import { digestOf } from './digest.ts';
import { RegistryError } from './errors.ts';
import { pushLayout } from './layout.ts';
import { Layout, type Line, plainHttpAt, startLine } from './registry-rig.ts';
import { Repository, type RepositoryOptions } from './repository.ts';
import { type Descriptor, mediaTypes } from './types.ts';

const login = { username: 'ann', password: 'planted-password' };
/** crypt(3) with bcrypt and few rounds of the password above. */
const users = 'ann:$2b$05$abcdefghijklmnopqrstuuXXXUKy4cODBo6oD0fJZB1CSpIzxX0SW';

let work: string;
let open: TestRegistry;
let locked: TestRegistry;
let line: Line;
let outbound: Outbound;
let layout: Layout;

beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'vish-registry-'));
  const folders = [await mkdtemp(join(work, 'open-')), await mkdtemp(join(work, 'locked-'))] as const;
  open = await startRegistry(folders[0]);
  locked = await startRegistry(folders[1], { htpasswd: users });
  line = await startLine(open.host);
  outbound = createOutbound({
    clock: systemClock,
    resolver: async () => ['127.0.0.1'],
    exceptions: [open.host, locked.host, line.host].map(plainHttpAt),
  });
});

afterAll(async () => {
  await outbound.close();
  await line[Symbol.asyncDispose]();
  await open[Symbol.asyncDispose]();
  await locked[Symbol.asyncDispose]();
  await rm(work, { recursive: true, force: true });
});

beforeEach(async () => {
  line.cutAfter = undefined;
  layout = new Layout(await mkdtemp(join(work, 'layout-')));
});

function repository(options: Partial<RepositoryOptions> = {}): Repository {
  const given = { host: open.host, repository: 'acme/shop', access: 'push', ...options } as const;
  return new Repository({ outbound, clock: systemClock, signal: AbortSignal.timeout(60_000), ...given });
}

async function failure(attempt: Promise<unknown>): Promise<RegistryError> {
  const error = await attempt.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (error instanceof RegistryError) return error;
  throw new Error('the attempt did not fail with a RegistryError', { cause: error });
}

async function contentOf(blob: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of blob) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function* pieces(content: Uint8Array, size = 64 * 1024): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < content.length; at += size) yield content.subarray(at, at + size);
}

const blobOf = (content: Uint8Array): Descriptor => ({
  mediaType: 'layer',
  digest: digestOf(content),
  size: content.length,
});

it('pushes a layout by digest and with a tag, and a second time sends nothing', async () => {
  const { image, layers } = await layout.image([3 * 1024 * 1024, 100, 0]);
  await layout.holds(image);

  const first = await pushLayout(layout.folder, repository(), 'v1');
  const second = await pushLayout(layout.folder, repository());

  expect(first).toMatchObject({ digest: image.digest, mediaType: mediaTypes.manifest });
  expect(first.sentBytes).toBeGreaterThan(3 * 1024 * 1024);
  expect(second.sentBytes).toBe(0);
  expect(await repository({ access: 'pull' }).digestOf('v1')).toBe(image.digest);
  const [layer] = layers;
  if (!layer) throw new Error('no layer');
  expect(digestOf(await contentOf(repository().blob(layer)))).toBe(layer.digest);
});

it('copies an index with all its images from one registry to another, and its digest stays', async () => {
  const parts = [await layout.image([200_000]), await layout.image([300_000])];
  const index = await layout.index(parts.map(({ image }) => image));
  await layout.holds(index);
  const from = repository({ repository: 'acme/many' });
  await pushLayout(layout.folder, from, 'v1');
  const to = repository({ host: locked.host, repository: 'copies/many', credentials: login });

  const copied = await copyImage({ from, to, reference: 'v1', tag: 'mine' });

  expect(copied).toMatchObject({ digest: index.digest, mediaType: mediaTypes.index });
  expect(await to.digestOf('mine')).toBe(index.digest);
  for (const { image } of parts) expect((await to.manifest(image.digest))?.digest).toBe(image.digest);
  expect((await copyImage({ from, to, reference: index.digest })).sentBytes).toBe(0);
});

it('takes blobs over from another repository of the same registry without sending them', async () => {
  const { image } = await layout.image([400_000]);
  await layout.holds(image);
  const from = repository({ repository: 'acme/origin' });
  await pushLayout(layout.folder, from);
  const to = repository({ repository: 'acme/taker', mountFrom: 'acme/origin' });

  const copied = await copyImage({ from, to, reference: image.digest });

  expect(copied.sentBytes).toBe(0);
  expect(await to.digestOf(image.digest)).toBe(image.digest);
});

it('says that an image is missing', async () => {
  const here = repository({ access: 'pull' });

  expect(await here.digestOf('nope')).toBeUndefined();
  expect(await here.manifest(`sha256:${'0'.repeat(64)}`)).toBeUndefined();
  const error = await failure(copyImage({ from: here, to: repository(), reference: 'nope' }));
  expect(error).toMatchObject({ reason: 'SourceNotFound', retryable: false });
  expect(error.message).toContain('/acme/shop:nope does not exist');
});

it.each([
  ['no login', undefined],
  ['a wrong password', { username: 'ann', password: 'planted-wrong' }],
])('with %s names what to do for a push and for a pull, and shows no password', async (_what, credentials) => {
  const { image } = await layout.image([10]);
  await layout.holds(image);
  const given = { host: locked.host, credentials };

  const push = await failure(pushLayout(layout.folder, repository(given)));
  const pull = await failure(repository({ ...given, access: 'pull' }).manifest('v1'));

  expect(push).toMatchObject({ reason: 'PushDenied', retryable: false });
  expect(push.message).toContain('let image.credentialsRef name a Secret that may push');
  expect(pull).toMatchObject({ reason: 'SourceForbidden', retryable: false });
  expect(push.message + pull.message).not.toContain('planted');
});

it('refuses a manifest whose blobs the registry has not got', async () => {
  const { image } = await layout.image([50]);
  const content = await readFile(layout.path(image.digest));

  const error = await failure(repository().putManifest({ ...image, content }));

  expect(error.message).toMatch(/status 40[04], (MANIFEST_BLOB_UNKNOWN|MANIFEST_UNKNOWN)/);
  expect(await repository().digestOf(image.digest)).toBeUndefined();
});

it.each([
  ['other content', async (path: string, size: number) => writeFile(path, randomBytes(size)), 'another digest'],
  ['a file cut short', async (path: string, size: number) => truncate(path, size - 1), 'ends after'],
  ['a file too long', async (path: string, size: number) => writeFile(path, randomBytes(size + 1)), 'more than'],
  ['no file', async (path: string) => rm(path), 'is missing'],
  ['a link to a file of ours', linkOut, 'is a link'],
  ['a folder', makeFolder, 'is no file'],
])('refuses a layout with %s in the place of a layer, and leaves no image', async (_what, spoil, message) => {
  const { image, layers } = await layout.image([200_000]);
  const [layer] = layers;
  if (!layer) throw new Error('no layer');
  await layout.holds(image);
  await spoil(layout.path(layer.digest), layer.size);

  const error = await failure(pushLayout(layout.folder, repository(), 'spoiled'));

  expect(error.reason).toBe('SourceRefused');
  expect(error.message).toContain(message);
  expect(await repository().hasBlob(layer.digest)).toBe(false);
  expect(await repository().digestOf('spoiled')).toBeUndefined();
});

/** The right content, but by a link: only that it is one may count. */
async function linkOut(path: string): Promise<void> {
  await rename(path, `${path}.outside`);
  await symlink(`${path}.outside`, path);
}

async function makeFolder(path: string): Promise<void> {
  await rm(path);
  await mkdir(path);
}

it.each([
  ['two images', async (image: Descriptor) => layout.holds(image, image), '2 images instead of one'],
  ['no image', async () => layout.holds(), '0 images instead of one'],
  ['no index', async () => rm(join(layout.folder, 'index.json')), 'index.json is missing'],
  ['no JSON', async () => writeFile(join(layout.folder, 'index.json'), '{'), 'cannot be read'],
  ['a huge index', async () => writeFile(join(layout.folder, 'index.json'), Buffer.alloc(5e6)), 'more than'],
  ['what is no image', async (image: Descriptor) => layout.holds({ ...image, mediaType: 'text/plain' }), 'is no image'],
])('refuses a layout with %s', async (_what, spoil, message) => {
  const { image } = await layout.image([10]);
  await layout.holds(image);
  await spoil(image);

  expect((await failure(pushLayout(layout.folder, repository()))).message).toContain(message);
});

it('calls a line that breaks in an upload unreachable, and the next attempt ends with the same image', async () => {
  const { image, layers } = await layout.image([2_000_000]);
  await layout.holds(image);
  const overLine = () => repository({ host: line.host });
  const [layer] = layers;
  line.cutAfter = 1_000_000;

  const error = await failure(pushLayout(layout.folder, overLine(), 'broken'));

  expect(error).toMatchObject({ reason: 'RegistryUnreachable', retryable: true });
  expect(await repository().hasBlob(layer?.digest ?? '')).toBe(false);
  line.cutAfter = undefined;
  expect((await pushLayout(layout.folder, overLine(), 'broken')).digest).toBe(image.digest);
});

it('refuses a blob whose origin breaks off or gives other content, and keeps its reason', async () => {
  const content = randomBytes(300_000);
  const blob = blobOf(content);
  const put = (from: () => AsyncIterable<Uint8Array>) => failure(repository().putBlob(blob, from));
  const origin = new RegistryError('RegistryUnreachable', 'the origin went away');
  async function* breaking() {
    yield content.subarray(0, 100_000);
    throw origin;
  }

  expect((await put(() => pieces(content.subarray(0, 200_000)))).message).toContain('ends after 200000 of 300000');
  expect((await put(() => pieces(randomBytes(300_000)))).message).toContain('another digest');
  expect(await put(breaking)).toBe(origin);
  expect(await repository().hasBlob(blob.digest)).toBe(false);
});

it('notices content that changed in the registry', async () => {
  const content = randomBytes(1000);
  const blob = blobOf(content);
  await repository().putBlob(blob, () => pieces(content));

  const error = await failure(contentOf(repository().blob({ ...blob, size: 999 })));

  expect(error.reason).toBe('SourceRefused');
});

it('speaks plain http only where the configuration allows it', async () => {
  const strict = createOutbound({
    clock: systemClock,
    resolver: async () => ['127.0.0.1'],
    exceptions: [{ ...plainHttpAt(open.host), http: false }],
  });

  const error = await failure(repository({ outbound: strict, access: 'pull' }).manifest('v1'));
  await strict.close();

  expect(error.message).toContain('https://');
});

it('calls a registry that is down unreachable', async () => {
  const gone = await startLine(open.host);
  await gone[Symbol.asyncDispose]();
  const reaching = createOutbound({
    clock: systemClock,
    resolver: async () => ['127.0.0.1'],
    exceptions: [plainHttpAt(gone.host)],
  });

  const error = await failure(repository({ outbound: reaching, host: gone.host }).digestOf('v1'));
  await reaching.close();

  expect(error).toMatchObject({ reason: 'RegistryUnreachable', retryable: true });
});
