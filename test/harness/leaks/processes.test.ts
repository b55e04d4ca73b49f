import { spawn } from 'node:child_process';
import { expect, it } from 'vitest';
import { until } from '../../support/until.ts';
import { markProcesses } from './processes.ts';

it('names a process that outlives its parent, and no other', async () => {
  const outside = spawn('sleep', ['33']);
  const processes = markProcesses();
  const parent = spawn('sh', ['-c', 'sleep 44 & echo $!']);
  const pid = Number(await new Promise<Buffer>((resolve) => parent.stdout.once('data', resolve)));
  try {
    await until(async () => (await processes.alive()).length === 1);

    expect(await processes.alive()).toEqual([`process ${pid}: sleep 44`]);
  } finally {
    process.kill(pid, 'SIGKILL');
    outside.kill('SIGKILL');
    processes.unmark();
  }
  await until(async () => (await processes.alive()).length === 0);
});
