import { rm } from 'node:fs/promises';
import { systemClock } from '../../src/seams/system.ts';
import { bareDriver } from './bare/driver.ts';
import { seconds } from './build/progress.ts';
import { type CommandLine, parseCommandLine } from './cli/arguments.ts';
import { createReporter } from './cli/reporter.ts';
import { renderEnvironment, renderStatus } from './cli/status.ts';
import type { Driver, DriverContext } from './driver.ts';
import { withLock } from './lock.ts';
import { pathsOf } from './paths.ts';

/** Building everything from nothing is the longest thing another command can be busy with. */
const lockDeadlineMs = 40 * 60_000;

async function main(argv: readonly string[]): Promise<number> {
  const command = parseCommandLine(argv);
  const paths = pathsOf(command.request.name);
  const context: DriverContext = { request: command.request, paths, report: createReporter() };
  const driver: Driver = bareDriver;
  if (command.action === 'status') return showStatus(driver, context, command);
  if (command.action === 'env') return showEnvironment(driver, context);
  if (command.action === 'logs') return showLogs(driver, context, command);
  const lock = {
    purpose: `cluster ${command.action}`,
    deadlineMs: lockDeadlineMs,
    onWait: (holder: string) => context.report.say(`waiting for ${holder}`),
  };
  await withLock(`${paths.state}.lock`, lock, () => change(driver, context, command));
  return 0;
}

async function change(driver: Driver, context: DriverContext, { action, operands }: CommandLine): Promise<void> {
  if (action === 'load') return driver.load(context, operands);
  if (action === 'down' || action === 'reset') await driver.down(context);
  if (action === 'reset') await rm(context.paths.state, { recursive: true, force: true });
  if (action === 'up' || action === 'reset') await bringUp(driver, context);
}

async function bringUp(driver: Driver, context: DriverContext): Promise<void> {
  const began = systemClock.monotonic();
  await driver.up(context);
  const elapsed = seconds(systemClock.monotonic() - began);
  context.report.say(`cluster ${context.request.name} is up after ${elapsed}; KUBECONFIG=${context.paths.kubeconfig}`);
}

async function showStatus(driver: Driver, context: DriverContext, { json }: CommandLine): Promise<number> {
  const status = await driver.status(context);
  const text = json ? JSON.stringify(status, null, 2) : renderStatus(context.request.name, status);
  process.stdout.write(`${text}\n`);
  return status.healthy ? 0 : 1;
}

async function showEnvironment(driver: Driver, context: DriverContext): Promise<number> {
  const folders = await driver.binaries(context);
  process.stdout.write(`${renderEnvironment(context.paths.kubeconfig, folders)}\n`);
  return 0;
}

async function showLogs(driver: Driver, context: DriverContext, { operands, follow }: CommandLine): Promise<number> {
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  const [component] = operands;
  await driver.logs(context, { follow, signal: stop.signal, ...(component === undefined ? {} : { component }) });
  return 0;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
