import { readFile } from 'node:fs/promises';
import type { Machine } from '../machine/machine.ts';
import { digestOf } from '../oci/digest.ts';
import { layerEpochSeconds } from '../versions.ts';
import type { Recipe } from './recipe.ts';

/** Raise it when code outside of the recipes' own files changes what comes out, so that nobody keeps older images. */
const generation = 1;

/**
 * Names the folder of a made image: everything that goes into it, by content. Versions stand in what a recipe
 * declares. Its functions count by the text of their file, because the text of a function in memory differs with
 * whoever stripped its types.
 */
export async function keyOf(recipe: Recipe, parentKey: string | undefined, machine: Machine): Promise<string> {
  const { source, ...declared } = recipe;
  const text = await readFile(source, 'utf8');
  const base = parentKey ?? machine;
  const inputs = { generation, layerEpochSeconds, arch: process.arch, declared, text, base };
  return digestOf(JSON.stringify(inputs)).slice('sha256:'.length, 'sha256:'.length + 32);
}
