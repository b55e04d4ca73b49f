import { parseArgs } from 'node:util';
import { createReporter } from '../cli/reporter.ts';
import { ensureBaseImages } from './ensure.ts';
import { everything } from './recipes/catalogue.ts';

const usage = `Makes the base images and pushes them to a local registry.
  node hack/cluster/images/main.ts --registry http://127.0.0.1:5000 [--only NAME]... [--even-so]
  --only     one of ${everything.map(({ name }) => name).join(', ')}
  --even-so  make them although an image registry answers`;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      registry: { type: 'string' },
      only: { type: 'string', multiple: true },
      'even-so': { type: 'boolean' },
    },
  });
  if (!values.registry) {
    process.stderr.write(`${usage}\n`);
    return 2;
  }
  const report = createReporter();
  const probe = values['even-so'] ? async () => ({ answers: false, why: 'or should not be asked' }) : undefined;
  const { source, why, images } = await ensureBaseImages({
    registry: { url: values.registry },
    report,
    only: values.only,
    probe,
  });
  report.say(source === 'internet' ? `nothing made: ${why}` : `${images.length} base images are in ${values.registry}`);
  return 0;
}

process.exitCode = await main();
