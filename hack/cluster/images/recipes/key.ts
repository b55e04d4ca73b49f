import type { Machine } from '../machine/machine.ts';
import { digestOf } from '../oci/digest.ts';
import { layerEpochSeconds, versions } from '../versions.ts';
import type { Recipe } from './recipe.ts';

/** Raise it when the code that makes images changes what comes out, so that nobody keeps images of the old kind. */
const generation = 1;

/**
 * Names the folder of a made image: everything that goes into it, by content. Functions count by their source text;
 * what they fetch is pinned by `versions`.
 */
export function keyOf(recipe: Recipe, parentKey: string | undefined, machine: Machine): string {
  const { prepare, ...declared } = recipe;
  const base = parentKey ?? machine;
  const inputs = {
    generation,
    layerEpochSeconds,
    arch: process.arch,
    declared,
    prepare: prepare?.toString(),
    versions,
    base,
  };
  return digestOf(JSON.stringify(inputs)).slice('sha256:'.length, 'sha256:'.length + 32);
}
