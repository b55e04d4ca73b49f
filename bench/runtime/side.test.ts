import { expect, it } from 'vitest';
import { systemClock } from '../../src/seams/system.ts';
import { Side } from './side.ts';

const program = `
  let asked = 0;
  process.on('SIGUSR2', () => console.log(JSON.stringify({ event: 'heap', mebibytes: 10 * ++asked })));
  setInterval(() => {}, 60_000);
  console.log(JSON.stringify({ event: 'done' }));
`;
const given = { clock: systemClock, kubeconfig: 'none', work: 'widgets', expect: 0 } as const;

function start(script: string): Side {
  return new Side({ command: process.execPath, args: ['--eval', script, '--'], userAgent: 'test' }, given);
}

it('reads the live heap anew each time it is asked', async () => {
  const side = start(program);
  try {
    await side.reached('done');
    expect([await side.liveHeap(), await side.liveHeap()]).toEqual([10, 20]);
  } finally {
    await side.stop();
  }
});

it('says what the program complained of when it ends without the word', async () => {
  const side = start('console.error("no such cluster"); process.exit(1)');

  await expect(side.reached('done')).rejects.toThrow(/never said done: it ended\nno such cluster/);
});
