import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Machine } from './machine/machine.ts';
import { blobPath } from './oci/blobs.ts';
import { packLayer, unpackLayer, writeWhiteouts } from './oci/layer.ts';
import { finishLayout, type LayoutImage, startLayout } from './oci/layout.ts';
import type { RunSettings } from './oci/types.ts';
import type { Binaries, Recipe } from './recipes/recipe.ts';
import { makeDebian } from './rootfs/debian.ts';
import { runInside } from './rootfs/inside.ts';
import { layerEpochSeconds } from './versions.ts';

export interface MakeOptions {
  recipe: Recipe;
  key: string;
  parent?: LayoutImage | undefined;
  machine: Machine;
  binary: Binaries;
  /** A folder on a file system that overlays may be made on; removed by the caller. */
  work: string;
}

/** Makes one image and returns the folder of its layout. */
export async function makeImage(options: MakeOptions): Promise<string> {
  const { recipe, parent, work } = options;
  const made = parent ? await makeOnParent(options, parent) : await makeRoot(options);
  const layout = join(work, 'layout');
  await startLayout(layout);
  const layer = await packLayer(made.folder, layout);
  await finishLayout(layout, {
    parent: recipe.onlyFolder === undefined ? parent : undefined,
    layer,
    settings: { ...withEnvironment(options), Labels: labels(options, made.version) },
    references: recipe.references,
    madeBy: recipe.madeFrom,
    created: new Date(layerEpochSeconds * 1000).toISOString(),
  });
  return layout;
}

interface Made {
  folder: string;
  version: string;
}

async function makeRoot({ recipe, machine, work }: MakeOptions): Promise<Made> {
  const folder = join(work, 'tree');
  await mkdir(folder);
  await makeDebian(folder, machine);
  return { folder, version: honestVersion(recipe, await runInside({ root: folder, script: recipe.version.command })) };
}

async function makeOnParent({ recipe, work, binary }: MakeOptions, parent: LayoutImage): Promise<Made> {
  const place = (name: string) => join(work, name);
  const [root, upper, scratch] = [place('root'), place('tree'), place('scratch')];
  const overlay = { lower: place('lower'), upper, work: place('overlay') };
  for (const folder of [root, scratch, ...Object.values(overlay)]) await mkdir(folder);
  for (const { digest } of parent.manifest.layers) await unpackLayer(blobPath(parent.layout, digest), overlay.lower);
  await recipe.prepare?.({ tree: upper, scratch, binary });
  if (recipe.script) await runInside({ root, overlay, script: recipe.script });
  const version = honestVersion(recipe, await runInside({ root, overlay, script: recipe.version.command }));
  await writeWhiteouts(upper);
  return { folder: join(upper, recipe.onlyFolder ?? '.'), version };
}

/** A tag that says more than what is inside would mislead everyone who builds on the image. */
function honestVersion({ name, version }: Recipe, printed: string): string {
  if (printed.includes(version.expects)) return printed.trim().split('\n').join('; ').slice(0, 300);
  const said = printed.trim().slice(0, 300);
  throw new Error(`base image ${name}: expected "${version.expects}", but "${version.command}" printed "${said}"`);
}

function withEnvironment({ recipe, parent, machine }: MakeOptions): RunSettings {
  if (parent && recipe.onlyFolder === undefined) return recipe.settings;
  return { ...recipe.settings, Env: [...(recipe.settings.Env ?? []), ...machine.environment] };
}

function labels({ recipe, key }: MakeOptions, version: string): Record<string, string> {
  return {
    'org.opencontainers.image.title': recipe.references[0] ?? recipe.name,
    'org.opencontainers.image.version': version,
    'org.opencontainers.image.description':
      'Made on a development machine from packages; not the image of the same name on Docker Hub',
    'dev.vish.base-image.made-from': recipe.madeFrom,
    'dev.vish.base-image.recipe': key,
  };
}
