import { apiServerOf } from './images/steps/clone/isolation.ts';
import { places } from './images/steps/plans.ts';
import { writeResult } from './images/steps/result/write-result.ts';
import { runStep } from './images/steps/run.ts';
import { systemClock } from './seams/system.ts';

/** `node step.js clone|build|push`: one step of a build, as a container of the build pod. */
async function main(step: string | undefined): Promise<number> {
  const ending = new AbortController();
  process.once('SIGTERM', () => ending.abort(new Error('the pod ends')));
  const result = await runStep({
    step,
    plan: process.env[places.plan],
    apiServer: apiServerOf(process.env),
    clock: systemClock,
    signal: ending.signal,
    say: (line) => console.log(line),
  });
  if (result === undefined) {
    console.error('usage: step.js clone|build|push');
    return 2;
  }
  writeResult(places.result, result);
  // Where the lines before it went: two streams of a container come into one log out of order.
  if (!result.ok) console.log(`${result.reason}: ${result.message}`);
  return result.ok ? 0 : 1;
}

// Whatever still runs ends with this process: it is the first one of its container.
process.exit(await main(process.argv[2]));
