import { rm } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { systemClock } from '../../src/seams/system.ts';
import { bareDriver } from './bare/driver.ts';
import { seconds } from './build/progress.ts';
import { createReporter } from './cli/reporter.ts';
import type { DriverContext } from './driver.ts';
import { pathsOf } from './paths.ts';
import { compareSnapshots, takeSnapshot } from './soak/snapshot.ts';

/** Brings a cluster up and down many times and compares the machine after each with how it was at first. */
async function main(argv: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      times: { type: 'string', default: '20' },
      name: { type: 'string', default: 'soak' },
      'api-only': { type: 'boolean', default: false },
    },
  });
  const report = createReporter();
  const request = { name: values.name, apiOnly: values['api-only'], hollowNodes: 0 };
  const context: DriverContext = { request, paths: pathsOf(values.name), report: { ...report, say: () => undefined } };
  let differing = 0;
  // The first round may build and install; what that leaves on purpose is not a leftover of a cluster.
  await bareDriver.up({ ...context, report });
  await bareDriver.down(context);
  const before = await takeSnapshot(context.paths.state);
  for (let round = 1; round <= Number(values.times); round++) {
    const began = systemClock.monotonic();
    await bareDriver.up(context);
    const up = systemClock.monotonic();
    await bareDriver.down(context);
    const down = systemClock.monotonic();
    const difference = compareSnapshots(before, await takeSnapshot(context.paths.state));
    if (difference.length > 0) differing++;
    report.say(`${round}: up ${seconds(up - began)}, down ${seconds(down - up)}, ${difference.length} differences`);
    for (const line of difference) report.say(`   ${line.slice(0, 200)}`);
  }
  await rm(context.paths.state, { recursive: true, force: true });
  report.say(differing === 0 ? 'the machine is as it was' : `${differing} rounds left something behind`);
  return differing === 0 ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
