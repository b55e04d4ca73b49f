import { parseArgs } from 'node:util';
import { createReporter } from '../cluster/cli/reporter.ts';
import { chooseBuilder } from './choose.ts';
import { ensureImage, type Made } from './ensure.ts';
import { selectImages } from './images.ts';
import { layerSizes, layerTable } from './layers.ts';

const usage = `Usage: npm run image -- build [NAME...] [options]

Builds the images of this repository; what did not change is not built again.

  --push PLACE      host:port/folder of a registry without TLS; the image's name is put behind it
  --builder WHICH   buildkit (built from source, needs Go and root) or docker. Default: as the local cluster was made
  --registries FILE buildkitd.toml with the mirrors to ask. Default: that of the local cluster
  --json            a line of JSON for each image, without the layers`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    push: { type: 'string' },
    builder: { type: 'string' },
    registries: { type: 'string' },
    json: { type: 'boolean' },
    help: { type: 'boolean' },
  },
});
const report = createReporter();

if (values.help === true || positionals[0] !== 'build') {
  console.log(usage);
  process.exitCode = values.help === true ? 0 : 2;
} else {
  await main(positionals.slice(1)).catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}

async function main(names: readonly string[]): Promise<void> {
  const builder = await chooseBuilder({ report, ...values });
  for (const image of selectImages(names)) {
    const { image: content, ...made } = await ensureImage(image, { builder, report, push: values.push });
    if (values.json === true) console.log(JSON.stringify(made));
    else await show(made, content);
  }
}

async function show({ built, reference, digest }: Omit<Made, 'image'>, content: Made['image']): Promise<void> {
  console.log(`${built ? 'built' : 'unchanged'}  ${reference}@${digest}\n${layerTable(await layerSizes(content))}`);
}
