import { type Clock } from '../../../src/seams/clock.ts';
import { systemClock } from '../../../src/seams/system.ts';
import { ensureBinaries } from '../build/builder.ts';
import { buildLine } from '../build/progress.ts';
import type { Reporter } from '../driver.ts';
import { type Answer, registryAnswers } from './answers.ts';
import { readMachine } from './machine/machine.ts';
import { type Maker, makeOnce, type Turn } from './maker.ts';
import { DamagedBlob } from './oci/blobs.ts';
import { type LayoutImage, readImage } from './oci/layout.ts';
import { push } from './oci/push.ts';
import { Registry } from './oci/registry.ts';
import { selectRecipes, usual } from './recipes/catalogue.ts';
import { keyOf } from './recipes/key.ts';
import type { Binaries, Recipe } from './recipes/recipe.ts';
import { defaultStore, Store } from './store.ts';

export interface EnsureOptions {
  /** The local registry that container engines use as mirror; plain HTTP. */
  registry: { url: string };
  report: Reporter;
  /** Short names of the images wanted; their parents are made too. Default: the usual ones, about 500 MB on disk. */
  only?: readonly string[] | undefined;
  /** Folder of made images. Default: `vish/images` in the user's cache folder, shared by all checkouts. */
  storeFolder?: string;
  /** Gives the programs that are built, asked only when their image is made. Default: they are built from their modules. */
  binary?: Binaries;
  /** Asks whether real images can be had. Default: Docker Hub is asked, with 3 s to answer. */
  probe?: (() => Promise<Answer>) | undefined;
  /** For tests. Default: the machine's clock. */
  clock?: Clock;
}

interface ImageReport {
  name: string;
  references: readonly string[];
  digest: string;
  /** Bytes of all layers, compressed. */
  size: number;
  /** `made` now, or taken from the `cache`. */
  from: 'made' | 'cache';
  /** False when the registry had it already. */
  pushed: boolean;
  seconds: number;
}

export interface Report {
  /** `internet`: nothing was made, engines fetch the real images. */
  source: 'internet' | 'packages';
  why: string;
  images: ImageReport[];
}

/** Leaves the base images in the local registry where no registry on the internet answers; else does nothing. */
export async function ensureBaseImages(options: EnsureOptions): Promise<Report> {
  const { report, probe = registryAnswers } = options;
  const { answers, why } = await probe();
  if (answers) return { source: 'internet', why, images: [] };
  report.say(`no image registry answers (${why}); base images are made from packages on this machine`);
  return { source: 'packages', why, images: await ensureAll(options) };
}

async function ensureAll(options: EnsureOptions): Promise<ImageReport[]> {
  const { report, only, clock = systemClock, binary = buildBinary(report) } = options;
  const recipes = only ? selectRecipes(only) : usual;
  const store = new Store(options.storeFolder ?? defaultStore(), readImage);
  await store.sweep(clock);
  const maker: Maker = { report, clock, binary, store, machine: await readMachine() };
  const registry = new Registry(options.registry);
  const keys = new Map<string, string>();
  const began = clock.monotonic();
  const reports: ImageReport[] = [];
  for (const [at, recipe] of recipes.entries()) {
    const key = await keyOf(recipe, keys.get(recipe.parent ?? ''), maker.machine);
    keys.set(recipe.name, key);
    const task = { at: at + 1, of: recipes.length, name: recipe.references[0] ?? recipe.name, began };
    reports.push(await ensureOne(maker, registry, { recipe, key, parentKey: keys.get(recipe.parent ?? ''), task }));
  }
  return reports;
}

async function ensureOne(maker: Maker, registry: Registry, turn: Turn): Promise<ImageReport> {
  const { recipe, key, task } = turn;
  const start = maker.clock.monotonic();
  const found = await maker.store.find(key);
  let image = found ?? (await makeOnce(maker, turn));
  const pushed = await pushAll(registry, recipe, image).catch(async (error: unknown) => {
    if (!(error instanceof DamagedBlob)) throw error;
    maker.report.say(`${error.message}; making it again`);
    await maker.store.remove(key);
    image = await makeOnce(maker, turn);
    return pushAll(registry, recipe, image);
  });
  const size = image.manifest.layers.reduce((sum, layer) => sum + layer.size, 0);
  const from = found ? 'cache' : 'made';
  const elapsed = maker.clock.monotonic() - start;
  if (!found || pushed) maker.report.say(buildLine(task, words(from, pushed, size), elapsed));
  const { name, references } = recipe;
  return { name, references, digest: image.descriptor.digest, size, from, pushed, seconds: elapsed / 1000 };
}

function words(from: ImageReport['from'], pushed: boolean, size: number): string {
  const origin = from === 'made' ? 'made' : 'found in the cache';
  return `${origin}, ${pushed ? 'pushed' : 'in the registry already'}, ${Math.round(size / 1e6)} MB,`;
}

async function pushAll(registry: Registry, recipe: Recipe, { layout, descriptor }: LayoutImage): Promise<boolean> {
  let sent = false;
  for (const reference of recipe.references) {
    sent = (await push({ registry, layout, descriptor, reference })) || sent;
  }
  return sent;
}

function buildBinary(report: Reporter): Binaries {
  return async (name) => {
    const path = (await ensureBinaries(name === 'syft-scanner' ? ['syftScanner'] : ['buildkit', 'runc'], report))[name];
    if (path === undefined) throw new Error(`building gave no program "${name}"`);
    return path;
  };
}
