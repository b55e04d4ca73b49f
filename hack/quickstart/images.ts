import { z } from 'zod';
import { runVisibly } from './run-visibly.ts';

const made = z.object({
  name: z.enum(['operator', 'builder']),
  reference: z.string(),
  digest: z.string(),
});

export type MadeImage = z.output<typeof made>;

/** Builds the operator's own images as far as something changed, and pushes them to `registry`. */
export async function makeImages(registry: string): Promise<Record<MadeImage['name'], MadeImage>> {
  const command = [process.execPath, 'hack/image/main.ts', 'build', '--push', `${registry}/vish`, '--json'];
  const lines = (await runVisibly(command, { keepOutput: true })).trim().split('\n');
  const images = lines.map((line) => made.parse(JSON.parse(line)));
  return { operator: named(images, 'operator'), builder: named(images, 'builder') };
}

function named(images: readonly MadeImage[], name: MadeImage['name']): MadeImage {
  const image = images.find((candidate) => candidate.name === name);
  if (image === undefined) throw new Error(`npm run image -- build made no image ${name}`);
  return image;
}
