import { spawn } from 'node:child_process';
import { delimiter } from 'node:path';
import { chooseDriver, makerOf } from '../cluster/choose.ts';
import { createReporter } from '../cluster/cli/reporter.ts';
import { drivers } from '../cluster/drivers.ts';
import { defaultName, pathsOf } from '../cluster/paths.ts';
import { nextSteps, steps } from './steps.ts';

const request = { name: defaultName, apiOnly: false, hollowNodes: 0 };
const paths = pathsOf(defaultName);

await inherit([process.execPath, 'hack/cluster/main.ts', 'up'], process.env);
const folders = await commandFolders();
const env = { ...process.env, KUBECONFIG: paths.kubeconfig, PATH: [...folders, process.env['PATH']].join(delimiter) };
for (const { title, commands } of steps) {
  console.log(`\n${title}`);
  for (const command of commands) {
    console.log(`  $ ${command.join(' ')}`);
    await inherit(command, env);
  }
}
console.log(`\n${nextSteps(paths.kubeconfig, folders.join(delimiter))}`);

async function commandFolders(): Promise<readonly string[]> {
  const { driver } = await chooseDriver(drivers, request, await makerOf(paths));
  return driver.binaries({ request, paths, report: createReporter() });
}

/** Runs a command on this terminal. Its own words say what went wrong, so a failure only ends us. */
async function inherit([command = '', ...args]: readonly string[], environment: NodeJS.ProcessEnv): Promise<void> {
  const code = await new Promise<number>((resolve) => {
    const child = spawn(command, args, { stdio: 'inherit', env: environment });
    child.on('error', (error) => {
      console.error(`${command}: ${error.message}`);
      resolve(127);
    });
    child.on('exit', (exit) => resolve(exit ?? 1));
  });
  if (code !== 0) {
    console.error(
      `\nStopped at: ${command} ${args.join(' ')}\nMend what it says above, then run make quickstart again: it goes on where it is.`,
    );
    process.exit(code);
  }
}
