import { rm } from 'node:fs/promises';
import { systemClock } from '../../src/seams/system.ts';
import { seconds } from './build/progress.ts';
import { chooseDriver, makerOf } from './choose.ts';
import { type CommandLine, parseCommandLine, UsageError, usage } from './cli/arguments.ts';
import { createReporter } from './cli/reporter.ts';
import { renderEnvironment, renderStatus } from './cli/status.ts';
import type { Driver, DriverContext } from './driver.ts';
import { drivers } from './drivers.ts';
import { withLock } from './lock.ts';
import { defaultName, pathsOf } from './paths.ts';

/** Building everything from nothing is the longest thing another command can be busy with. */
const lockDeadlineMs = 40 * 60_000;

/** What a script can tell apart: 1 is any other failure, and `status` when a part is down. */
const exitCodes = { usage: 2, noCluster: 3 } as const;

async function main(argv: readonly string[]): Promise<number> {
  const command = parseCommandLine(argv);
  if (command.action === 'help') return print(usage);
  const paths = pathsOf(command.request.name);
  const context: DriverContext = { request: command.request, paths, report: createReporter() };
  const maker = await makerOf(paths);
  const makes = command.action === 'up' || command.action === 'reset';
  if (maker === undefined && !makes) return withoutCluster(context, command);
  const { driver, why } = await chooseDriver(drivers, command.request, maker);
  if (makes) context.report.say(`using ${driver.kind}: ${why}`);
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

/** There is nothing to show, and nothing to do for `down`. */
function withoutCluster({ request, report }: DriverContext, { action, json }: CommandLine): number {
  const missing = `there is no cluster "${request.name}"`;
  if (action === 'down') report.say(`${missing}: nothing to remove`);
  if (action === 'down') return 0;
  if (json) print(JSON.stringify({ healthy: false, parts: [], urls: {}, versions: {} }, null, 2));
  const named = request.name === defaultName ? '' : ` --name ${request.name}`;
  process.stderr.write(`${missing}: make it with \`npm run cluster -- up${named}\`\n`);
  return exitCodes.noCluster;
}

function print(text: string): number {
  process.stdout.write(`${text.trimEnd()}\n`);
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
  print(text);
  return status.healthy ? 0 : 1;
}

async function showEnvironment(driver: Driver, context: DriverContext): Promise<number> {
  const folders = await driver.binaries(context);
  return print(renderEnvironment(context.paths.kubeconfig, folders));
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
  process.exitCode = error instanceof UsageError ? exitCodes.usage : 1;
}
