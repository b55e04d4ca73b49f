import { parseArgs } from 'node:util';
import { createReporter } from '../cluster/cli/reporter.ts';
import { sbomGenerator } from './builder.ts';
import { chooseBuilder } from './choose.ts';
import { ensureImage, type Made } from './ensure.ts';
import { selectImages } from './images.ts';
import { layerSizes, layerTable } from './layers.ts';
import { parsePlatforms } from './platforms.ts';
import { readKey, signPushed } from './sign.ts';

const usage = `Usage: npm run image -- build [NAME...] [options]

Builds the images of this repository; what did not change is not built again.

  --push PLACE      host:port/folder of a registry without TLS; the image's name is put behind it
  --platform LIST   linux/amd64,linux/arm64: an index of both, made without emulation. Default: this machine's image
  --sbom            attaches a list of what is inside (SPDX), made by ${sbomGenerator}
  --sign KEYFILE    signs what was pushed as cosign does, with an ECDSA P-256 key in PEM; its password, if it has one,
                    is taken from COSIGN_PASSWORD
  --no-cache        takes nothing of earlier builds: the same commit gives the same digest
  --builder WHICH   buildkit (built from source, needs Go and root) or docker. Default: as the local cluster was made
  --registries FILE buildkitd.toml with the mirrors to ask. Default: that of the local cluster
  --json            a line of JSON for each image, without the layers`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    push: { type: 'string' },
    builder: { type: 'string' },
    registries: { type: 'string' },
    platform: { type: 'string' },
    sbom: { type: 'boolean' },
    sign: { type: 'string' },
    'no-cache': { type: 'boolean' },
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
  const key = values.sign === undefined ? undefined : await readKey(values.sign);
  if (key && values.push === undefined)
    throw new Error('--sign: a signature stands in the registry, so --push is needed');
  const platforms = values.platform === undefined ? [] : parsePlatforms(values.platform);
  const wanted = { push: values.push, platforms, sbom: values.sbom === true, fresh: values['no-cache'] === true };
  for (const image of selectImages(names)) {
    const { content, ...made } = await ensureImage(image, { builder, report, ...wanted });
    if (key) await signPushed(made, key);
    if (values.json === true) console.log(JSON.stringify(made));
    else await show(made, content);
  }
}

async function show({ built, reference, digest }: Omit<Made, 'content'>, { images }: Made['content']): Promise<void> {
  console.log(`${built ? 'built' : 'unchanged'}  ${reference}@${digest}`);
  for (const image of images) {
    const { os, architecture } = image.config;
    console.log(`  ${os}/${architecture}\n${layerTable(await layerSizes(image))}`);
  }
}
