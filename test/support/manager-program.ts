import { createLogger, parseLevel } from '../../src/kube/log/create-logger.ts';
import { Redactor } from '../../src/kube/log/redactor.ts';
import { Manager } from '../../src/kube/manager/manager.ts';
import { runProcess } from '../../src/kube/manager/process.ts';
import { sleep } from '../../src/seams/clock.ts';
import { systemClock as clock } from '../../src/seams/system.ts';

/** A whole program for tests of signals and exit codes: does what its first argument says once it runs. */
const [behaviour = 'wait'] = process.argv.slice(2);
const logger = createLogger({ clock, redactor: new Redactor(), level: parseLevel('info') });
const manager = new Manager({ clock, logger, graceMs: 2000 });

manager.addRunnable({
  name: 'work',
  needsLeadership: true,
  async start(signal) {
    if (behaviour === 'forget') void Promise.reject(new Error('forgotten'));
    await sleep(clock, 60_000, signal).catch(() => undefined);
    if (behaviour === 'hang') await sleep(clock, 60_000);
  },
});

await runProcess(manager, { process, logger });
