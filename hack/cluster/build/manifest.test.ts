import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { verifyManifest, writeManifest } from './manifest.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'manifest-'));
  await writeFile(join(folder, 'etcd'), 'binary');
  await writeManifest(folder, ['etcd']);
});
afterEach(() => rm(folder, { recursive: true }));

it('accepts what was built', async () => {
  expect(await verifyManifest(folder, ['etcd'])).toBe(true);
});

it('refuses a binary that was changed', async () => {
  await writeFile(join(folder, 'etcd'), 'binarY');

  expect(await verifyManifest(folder, ['etcd'])).toBe(false);
});

it('refuses a binary that is gone or was never built', async () => {
  await rm(join(folder, 'etcd'));

  expect(await verifyManifest(folder, ['etcd'])).toBe(false);
  expect(await verifyManifest(folder, ['other'])).toBe(false);
});

it('refuses a manifest that was cut short', async () => {
  await writeFile(join(folder, 'manifest.json'), '{"etcd":');

  expect(await verifyManifest(folder, ['etcd'])).toBe(false);
});
