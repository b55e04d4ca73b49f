import { systemClock } from '../../src/seams/system.ts';
import { checkAll, summary } from './check.ts';
import { tasks } from './tasks.ts';

const outcomes = await checkAll(tasks, systemClock);
console.log(summary(outcomes));
process.exitCode = outcomes.every(({ passed }) => passed) ? 0 : 1;
