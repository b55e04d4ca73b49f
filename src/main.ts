import { createLogger } from './kube/log/create-logger.ts';
import { Redactor } from './kube/log/redactor.ts';
import { runProcess } from './kube/manager/process.ts';
import { createOperator } from './operator/operator.ts';
import { type Options, parseOptions, usage } from './options.ts';
import { systemClock, systemRandom } from './seams/system.ts';
import { loadSettings, SettingsError } from './settings/load.ts';
import type { Settings } from './settings/schema.ts';

/** Filled in by the build; absent when run from source. */
const version = process.env['VISH_VERSION'] ?? 'dev';
const commit = process.env['VISH_COMMIT'] ?? 'unknown';

async function main(args: readonly string[]): Promise<void> {
  if (args.includes('--help')) return console.log(usage);
  const given = await readConfiguration(args);
  if (given === undefined) return;
  const { options, settings } = given;
  const { logLevel: level, logFormat: format } = options;
  const redactor = new Redactor();
  const logger = createLogger({ clock: systemClock, redactor, level, format });
  const { setLevel: setLogLevel } = logger;
  const system = { clock: systemClock, random: systemRandom, logger, setLogLevel, redactor, version, commit };
  const operator = await createOperator(options, settings, system);
  const { namespace: buildNamespace, untrustedNamespace: untrustedBuildNamespace } = settings.builds;
  logger.info({ version, commit, config: options.config, buildNamespace, untrustedBuildNamespace }, 'starting');
  await runProcess(operator.manager, { process, logger });
  await operator.close();
}

/** Undefined when whoever typed the flags or wrote the file has been told what is wrong. */
async function readConfiguration(
  args: readonly string[],
): Promise<{ options: Options; settings: Settings } | undefined> {
  try {
    const options = parseOptions(args);
    return { options, settings: await loadSettings(options.config) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    console.error(error instanceof SettingsError ? message : `${message}\n\n${usage}`);
    process.exitCode = 2;
    return undefined;
  }
}

await main(process.argv.slice(2));
