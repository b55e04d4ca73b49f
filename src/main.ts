import { createLogger } from './kube/log/create-logger.ts';
import { Redactor } from './kube/log/redactor.ts';
import { runProcess } from './kube/manager/process.ts';
import { createOperator } from './operator.ts';
import { type Options, parseOptions, usage } from './options.ts';
import { systemClock, systemRandom } from './seams/system.ts';

/** Filled in by the build; absent when run from source. */
const version = process.env['VISH_VERSION'] ?? 'dev';
const commit = process.env['VISH_COMMIT'] ?? 'unknown';

async function main(args: readonly string[]): Promise<void> {
  if (args.includes('--help')) return console.log(usage);
  const options = readOptions(args);
  if (options === undefined) return;
  const { logLevel: level, logFormat: format } = options;
  const logger = createLogger({ clock: systemClock, redactor: new Redactor(), level, format });
  const operator = await createOperator(options, { clock: systemClock, random: systemRandom, logger, version, commit });
  logger.info({ version, commit }, 'starting');
  await runProcess(operator.manager, { process, logger });
}

function readOptions(args: readonly string[]): Options | undefined {
  try {
    return parseOptions(args);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    process.exitCode = 2;
    return undefined;
  }
}

await main(process.argv.slice(2));
