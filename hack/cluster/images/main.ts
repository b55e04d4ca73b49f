import { parseArgs } from 'node:util';
import { systemClock } from '../../../src/seams/system.ts';
import { ensureBaseImages } from './ensure.ts';
import { catalogue } from './recipes/catalogue.ts';
import type { BinaryName } from './recipes/recipe.ts';

const usage = `Makes the base images and pushes them to a local registry.
  node hack/cluster/images/main.ts --registry http://127.0.0.1:5000 [--only NAME]... [--binaries FOLDER] [--even-so]
  --only       ${catalogue.map(({ name }) => name).join(', ')}
  --binaries   folder with buildkitd, buildctl and runc
  --even-so    make them although an image registry answers`;

const { values } = parseArgs({
  options: {
    registry: { type: 'string' },
    only: { type: 'string', multiple: true },
    binaries: { type: 'string' },
    'even-so': { type: 'boolean' },
  },
});

if (!values.registry) {
  console.error(usage);
  process.exit(2);
}

async function binary(name: BinaryName): Promise<string> {
  if (values.binaries) return `${values.binaries}/${name}`;
  throw new Error(`say with --binaries where ${name} is`);
}

const report = await ensureBaseImages({
  registry: { url: values.registry },
  clock: systemClock,
  log: (line) => console.log(line),
  binary,
  ...(values.only ? { only: values.only } : {}),
  ...(values['even-so'] ? { probe: async () => ({ answers: false, why: 'told to make them even so' }) } : {}),
});
console.log(report.source === 'internet' ? `nothing made: ${report.why}` : `${report.images.length} base images ready`);
