import { join } from 'node:path';
import { createReporter } from '../../hack/cluster/cli/reporter.ts';
import { chooseBuilder } from '../../hack/image/choose.ts';
import { ensureImage, type Made } from '../../hack/image/ensure.ts';
import { images } from '../../hack/image/images.ts';
import type { NodeFacts } from './node.ts';

/** The shipped images, as `npm run image -- build --push` makes them: nothing is built when nothing changed. */
export async function pushOurImages({ binaries, registry }: NodeFacts): Promise<{ operator: Made; builder: Made }> {
  const report = createReporter();
  const builder = await chooseBuilder({ report, registries: join(binaries, '../config/buildkitd.toml') });
  const made = new Map<string, Made>();
  for (const image of images) {
    made.set(image.name, await ensureImage(image, { builder, report, push: `${registry}/vish` }));
  }
  const named = (name: string) => {
    const image = made.get(name);
    if (image === undefined) throw new Error(`there is no image ${name}`);
    return image;
  };
  return { operator: named('operator'), builder: named('builder') };
}
