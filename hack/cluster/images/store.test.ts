import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ManualClock } from '../../../src/seams/manual-clock.ts';
import { packLayer } from './oci/layer.ts';
import { finishLayout, readImage, startLayout } from './oci/layout.ts';
import { Store } from './store.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vish-store-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function layoutIn(work: string): Promise<string> {
  const [layout, files] = [join(work, 'layout'), join(work, 'files')];
  await mkdir(files);
  await writeFile(join(files, 'x'), 'x');
  await startLayout(layout);
  const layer = await packLayer(files, layout);
  await finishLayout(layout, {
    layer,
    settings: {},
    references: ['x:1'],
    madeBy: 'test',
    created: '2026-01-01T00:00:00Z',
  });
  return layout;
}

it('finds nothing before an image was kept, and the same image after', async () => {
  const store = new Store(folder, readImage);
  const before = await store.find('key');

  const kept = await store.keep('key', await layoutIn(await store.workFolder()));

  expect(before).toBeUndefined();
  expect(await store.find('key')).toEqual(kept);
});

it('two makers of the same image are both content with what the first one kept', async () => {
  const [one, two] = [new Store(folder, readImage), new Store(folder, readImage)];
  const layouts = [await layoutIn(await one.workFolder()), await layoutIn(await two.workFolder())];

  const first = await one.keep('key', layouts[0] ?? '');
  const second = await two.keep('key', layouts[1] ?? '');

  expect(second).toEqual(first);
});

it('counts a folder without a complete layout as not made', async () => {
  await mkdir(join(folder, 'key'));

  expect(await new Store(folder, readImage).find('key')).toBeUndefined();
});

it('sweeps what killed makers left a day ago, not the work of one that is busy', async () => {
  const clock = new ManualClock();
  const store = new Store(folder, readImage);
  const [old, fresh] = [await store.workFolder(), await store.workFolder()];
  const hour = 3600;
  await utimes(old, clock.now() / 1000 - 25 * hour, clock.now() / 1000 - 25 * hour);
  await utimes(fresh, clock.now() / 1000 - hour, clock.now() / 1000 - hour);

  await store.sweep(clock);

  expect((await readdir(folder)).map((name) => join(folder, name))).toEqual([fresh]);
});

it('keeps the newest images of a kind, and nothing of another kind is touched', async () => {
  const store = new Store(folder, readImage);
  for (const [name, madeAt] of [
    ['ours-a', 3],
    ['ours-b', 1],
    ['ours-c', 2],
    ['other-a', 0],
  ] as const) {
    await mkdir(join(folder, name));
    await utimes(join(folder, name), madeAt, madeAt);
  }

  await store.keepNewest('ours-', 2);

  expect((await readdir(folder)).sort()).toEqual(['other-a', 'ours-a', 'ours-c']);
});
