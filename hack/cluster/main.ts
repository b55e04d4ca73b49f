import { rm } from 'node:fs/promises';
import { systemClock } from '../../src/seams/system.ts';
import { seconds } from './build/progress.ts';
import { type CommandLine, parseCommandLine } from './cli/arguments.ts';
import { createReporter } from './cli/reporter.ts';
import { renderEnvironment, renderStatus } from './cli/status.ts';
import type { Driver, DriverContext } from './driver.ts';
import { chooseDriver, recordedDriver } from './drivers.ts';
import { withLock } from './lock.ts';
import { pathsOf } from './paths.ts';

/** Building everything from nothing is the longest thing another command can be busy with. */
const lockDeadlineMs = 40 * 60_000;

async function main(argv: readonly string[]): Promise<number> {
  const command = parseCommandLine(argv);
  const paths = pathsOf(command.request.name);
  const context: DriverContext = { request: command.request, paths, report: createReporter() };
  if (command.action === 'status') return showStatus(context, command);
  if (command.action === 'env') return showEnvironment(context);
  if (command.action === 'logs') return showLogs(context, command);
  const lock = {
    purpose: `cluster ${command.action}`,
    deadlineMs: lockDeadlineMs,
    onWait: (holder: string) => context.report.say(`waiting for ${holder}`),
  };
  await withLock(`${paths.state}.lock`, lock, () => change(context, command));
  return 0;
}

async function change(context: DriverContext, { action, operands }: CommandLine): Promise<void> {
  const recorded = await recordedDriver(context.paths);
  if (action === 'load') return existing(context, recorded).load(context, operands);
  if (action === 'up') return bringUp(context);
  if (!recorded) context.report.say(`there is no cluster "${context.request.name}"`);
  await recorded?.down(context);
  if (action === 'down') return;
  await rm(context.paths.state, { recursive: true, force: true });
  await bringUp(context);
}

async function bringUp(context: DriverContext): Promise<void> {
  const began = systemClock.monotonic();
  const [driver, { kind, why }] = await chooseDriver(context.request, context.paths);
  context.report.say(`cluster ${context.request.name}: ${kind} (${why})`);
  await driver.up(context);
  const elapsed = seconds(systemClock.monotonic() - began);
  context.report.say(`cluster ${context.request.name} is up after ${elapsed}; KUBECONFIG=${context.paths.kubeconfig}`);
}

async function showStatus(context: DriverContext, { json }: CommandLine): Promise<number> {
  const driver = await recordedDriver(context.paths);
  const status = (await driver?.status(context)) ?? { healthy: false, parts: [], urls: {}, versions: {} };
  const text = json ? JSON.stringify(status, null, 2) : renderStatus(context.request.name, status);
  process.stdout.write(`${text}\n`);
  return status.healthy ? 0 : 1;
}

async function showEnvironment(context: DriverContext): Promise<number> {
  const driver = existing(context, await recordedDriver(context.paths));
  process.stdout.write(`${renderEnvironment(context.paths.kubeconfig, await driver.binaries(context))}\n`);
  return 0;
}

async function showLogs(context: DriverContext, { operands, follow }: CommandLine): Promise<number> {
  const driver = existing(context, await recordedDriver(context.paths));
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  const [component] = operands;
  await driver.logs(context, { follow, signal: stop.signal, ...(component === undefined ? {} : { component }) });
  return 0;
}

function existing({ request }: DriverContext, driver: Driver | undefined): Driver {
  if (driver) return driver;
  throw new Error(`there is no cluster "${request.name}": run \`npm run cluster -- up --name ${request.name}\` first`);
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
