import { type BaseImage, baseImages, type ImageSettings, imageName } from './base-images.ts';
import { byDefault, type Fact, fact } from './fact.ts';
import type { Instruction, Plan, Stage } from './plan.ts';

/** What the image of a plan is made of, in the order of the Dockerfile, and who chose each name. */
export function imagesOf({ stages }: Pick<Plan, 'stages'>, settings: ImageSettings = {}): Fact[] {
  const used = stages.flatMap(({ image, version, instructions }) => [
    named(image, version, settings),
    ...instructions.flatMap((each) => copiedFrom(each, stages)).map((name) => named(name, '', settings)),
  ]);
  const distinct = new Map(used.map((each) => [each.value, each]));
  return [...distinct.values()].filter(({ value }) => value !== baseImages.empty);
}

function copiedFrom(instruction: Instruction, stages: readonly Stage[]): BaseImage[] {
  const from = instruction.do === 'copy' ? instruction.from : undefined;
  return from !== undefined && isBaseImage(from, stages) ? [from] : [];
}

/** A stage may have the name of an image, and goes before it as in a Dockerfile. */
export function isBaseImage(name: string, stages: readonly Stage[]): name is BaseImage {
  return !stages.some((stage) => stage.name === name) && Object.hasOwn(baseImages, name);
}

function named(image: BaseImage, version: string, settings: ImageSettings): Fact {
  const name = imageName(image, version, settings);
  if (settings.images?.some((each) => each.name === image)) return fact(name, 'builds.baseImages', `images: ${image}`);
  if (settings.prefix !== undefined) return fact(name, 'builds.baseImages', `prefix: ${settings.prefix}`);
  return byDefault(name, 'builds.baseImages of the settings can name another one');
}
