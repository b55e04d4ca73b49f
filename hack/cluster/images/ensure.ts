import { rm } from 'node:fs/promises';
import type { Clock } from '../../../src/seams/clock.ts';
import { type Answer, registryAnswers } from './answers.ts';
import { type Machine, readMachine } from './machine/machine.ts';
import { makeImage } from './make.ts';
import { DamagedBlob } from './oci/blobs.ts';
import type { LayoutImage } from './oci/layout.ts';
import { push } from './oci/push.ts';
import { Registry } from './oci/registry.ts';
import { catalogue, selectRecipes } from './recipes/catalogue.ts';
import { keyOf } from './recipes/key.ts';
import type { Binaries, Recipe } from './recipes/recipe.ts';
import { requireTools } from './requirements.ts';
import { defaultStore, Store } from './store.ts';

export interface EnsureOptions {
  /** The local registry that container engines use as mirror; plain HTTP. */
  registry: { url: string };
  /** Gets one line for each step. */
  log: (line: string) => void;
  clock: Clock;
  /** Builds or finds the programs of BuildKit; asked only when that image has to be made. */
  binary: Binaries;
  /** Short names of the images wanted; their parents are made too. Default: all of them, about 2 GB on disk. */
  only?: readonly string[];
  /** Folder of made images. Default: `vish/images` in the user's cache folder, shared by all checkouts. */
  storeFolder?: string;
  /** Asks whether real images can be had. Default: Docker Hub is asked, with 3 s to answer. */
  probe?: () => Promise<Answer>;
}

export interface ImageReport {
  name: string;
  references: readonly string[];
  digest: string;
  /** Bytes of all layers, compressed. */
  size: number;
  /** `made` now, or taken from the `cache`. */
  from: 'made' | 'cache';
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
  const { log, probe = registryAnswers } = options;
  const { answers, why } = await probe();
  if (answers) return { source: 'internet', why, images: [] };
  log(`no image registry answers (${why}); base images are made from packages on this machine`);
  return { source: 'packages', why, images: await makeAndPush(options) };
}

async function makeAndPush(options: EnsureOptions): Promise<ImageReport[]> {
  const recipes = options.only ? selectRecipes(options.only) : catalogue;
  const store = new Store(options.storeFolder ?? defaultStore());
  await store.sweep(options.clock);
  const maker = { ...options, store, machine: await readMachine(), registry: new Registry(options.registry) };
  const keys = new Map<string, string>();
  const reports: ImageReport[] = [];
  for (const [at, recipe] of recipes.entries()) {
    keys.set(recipe.name, keyOf(recipe, keys.get(recipe.parent ?? ''), maker.machine));
    const report = await ensureOne(maker, recipe, { keys, place: `${at + 1} of ${recipes.length}` });
    reports.push(report);
  }
  return reports;
}

interface Maker extends Omit<EnsureOptions, 'registry'> {
  store: Store;
  machine: Machine;
  registry: Registry;
}

interface Turn {
  keys: ReadonlyMap<string, string>;
  /** "3 of 10", for people. */
  place: string;
}

async function ensureOne(maker: Maker, recipe: Recipe, turn: Turn): Promise<ImageReport> {
  const { clock, log, store } = maker;
  const start = clock.monotonic();
  const elapsed = () => Math.round((clock.monotonic() - start) / 100) / 10;
  const key = turn.keys.get(recipe.name) ?? '';
  let found = await store.find(key);
  const from = found ? 'cache' : 'made';
  if (!found) log(`base image ${turn.place}: ${recipe.references[0]}: making it from ${recipe.madeFrom}`);
  found ??= await make(maker, recipe, turn);
  const pushed = await pushAll(maker, recipe, found).catch(async (error: unknown) => {
    if (!(error instanceof DamagedBlob)) throw error;
    log(`${error.message}; making it again`);
    await store.remove(key);
    return pushAll(maker, recipe, await make(maker, recipe, turn));
  });
  const size = found.manifest.layers.reduce((sum, layer) => sum + layer.size, 0);
  const megabytes = Math.round(size / 1e6);
  const state = `${from === 'made' ? 'made' : 'from the cache'}, ${pushed ? 'pushed' : 'in the registry already'}`;
  log(`base image ${turn.place}: ${recipe.references[0]}: ${state}, ${megabytes} MB, ${elapsed()} s`);
  const { name, references } = recipe;
  return { name, references, digest: found.descriptor.digest, size, from, pushed, seconds: elapsed() };
}

async function make(maker: Maker, recipe: Recipe, { keys }: Turn): Promise<LayoutImage> {
  const { store, machine, binary, log } = maker;
  await requireTools(log);
  const parent = recipe.parent === undefined ? undefined : await store.find(keys.get(recipe.parent) ?? '');
  const work = await store.workFolder();
  try {
    const key = keys.get(recipe.name) ?? '';
    return await store.keep(key, await makeImage({ recipe, key, parent, machine, binary, work }));
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function pushAll({ registry }: Maker, recipe: Recipe, image: LayoutImage): Promise<boolean> {
  let sent = false;
  for (const reference of recipe.references) {
    const { layout, descriptor } = image;
    sent = (await push({ registry, layout, descriptor, reference })) || sent;
  }
  return sent;
}
